#[kit::service]
pub trait Users {
    #[rate_limit("10/s", burst = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", burst = "20")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", burst)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
