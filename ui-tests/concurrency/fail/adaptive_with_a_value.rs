#[kit::service]
pub trait Users {
    #[concurrency(adaptive = 64)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
