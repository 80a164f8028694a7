#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(budget = -0.2)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(budget = "20%")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(budget = 101)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
