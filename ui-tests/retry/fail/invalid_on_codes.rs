#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(on(unavailible))]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(on())]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(on = "unavailable")]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
