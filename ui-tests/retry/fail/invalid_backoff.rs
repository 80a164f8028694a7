#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(backoff = 20)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(backoff = "20")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(backoff = "1s..20ms")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(backoff = "..1s")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(backoff)]
    async fn m4(&self) -> Result<(), kit::Status>;
}

fn main() {}
