#[kit::service]
pub trait Users {
    async fn find(&self, name: &'static str) -> Result<u64, kit::Status>;
}

fn main() {}
