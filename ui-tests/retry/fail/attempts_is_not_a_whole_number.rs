#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempts = "3")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(attempts = 2.5)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(attempts = -1)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(attempts = 4294967296)]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(attempts)]
    async fn m4(&self) -> Result<(), kit::Status>;
}

fn main() {}
