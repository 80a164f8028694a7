#[kit::service(dynamic = "DynUsers")]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
