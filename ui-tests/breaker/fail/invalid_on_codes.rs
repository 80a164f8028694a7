#[kit::service]
pub trait Users {
    #[breaker(on)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(on())]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[breaker(on = unavailable)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[breaker(on(unavailible))]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[breaker(on(unavailable, unavailable))]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[breaker(on(ok))]
    async fn m5(&self) -> Result<(), kit::Status>;
    #[breaker(on(503))]
    async fn m6(&self) -> Result<(), kit::Status>;
}

fn main() {}
