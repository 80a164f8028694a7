#[kit::service]
pub trait Users {
    #[concurrency(64, queue = 16, wait = 50)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[concurrency(64, queue = 16, wait = "0s")]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
