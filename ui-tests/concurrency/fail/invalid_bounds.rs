#[kit::service]
pub trait Users {
    #[concurrency(adaptive, min = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, min = 10, max = 5)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, min = 300)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, max = "200")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, min = "4")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[concurrency(adaptive, max = 0)]
    async fn m5(&self) -> Result<(), kit::Status>;
}

fn main() {}
