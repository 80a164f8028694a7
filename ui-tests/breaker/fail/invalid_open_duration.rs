#[kit::service]
pub trait Users {
    #[breaker(open = 5)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(open = "5")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[breaker(open = "60s..5s")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[breaker(open = "5s..")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[breaker(open = "25h")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[breaker(open = "1s".."5s")]
    async fn m5(&self) -> Result<(), kit::Status>;
}

fn main() {}
