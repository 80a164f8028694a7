#[kit::service]
pub trait Users {
    #[breaker(slow = "1s", slow_ratio = "half")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(slow = "1s", slow_ratio = 0)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[breaker(slow = "1s", slow_ratio = 1.5)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
