#[kit::service]
pub trait Users {
    #[concurrency(0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[concurrency(-1)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[concurrency("64")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[concurrency(6.4)]
    async fn m3(&self) -> Result<(), kit::Status>;
}

fn main() {}
