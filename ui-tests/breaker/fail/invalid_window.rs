#[kit::service]
pub trait Users {
    #[breaker(window = "soon")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(window = 0)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[breaker(window = 1.5)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[breaker(window = "1ms")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[breaker(window = "2h")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[breaker(window = 10_001)]
    async fn m5(&self) -> Result<(), kit::Status>;
    #[breaker(window)]
    async fn m6(&self) -> Result<(), kit::Status>;
}

fn main() {}
