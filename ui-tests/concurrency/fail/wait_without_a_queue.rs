#[kit::service]
pub trait Users {
    #[concurrency(64, wait = "50ms")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
