#[kit::service]
pub trait Users {
    async fn name(&self, id: u64) -> Result<&str, kit::Status>;
}

fn main() {}
