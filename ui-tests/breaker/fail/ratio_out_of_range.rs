#[kit::service]
pub trait Users {
    #[breaker(ratio = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(ratio = 1.5)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[breaker(ratio = -0.5)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[breaker(ratio = "half")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[breaker(slow = "1s", slow_ratio = 2)]
    async fn m4(&self) -> Result<(), kit::Status>;
}

fn main() {}
