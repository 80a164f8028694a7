#[kit::service]
pub trait Users {
    #[concurrency(64, queue = "16")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[concurrency(64, queue = -1)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[concurrency(64, queue)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
