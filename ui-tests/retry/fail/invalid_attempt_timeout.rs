#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempt_timeout = 500)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(attempt_timeout = "0s")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(attempt_timeout("500ms"))]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
