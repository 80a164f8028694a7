#[kit::service]
pub trait Users {
    #[concurrency(64, min = 4)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[concurrency(64, max = 200)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[concurrency(64, algorithm = vegas)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
