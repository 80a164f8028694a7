#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(chain_stop = 1)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(chain_stop = "yes")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[endpoint(idempotent)]
    #[retry(chain_stop)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
