#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(pushback_max = 30)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(pushback_max = "0s")]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
