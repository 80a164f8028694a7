#[kit::service]
pub trait Users {
    #[rate_limit("10/s", cost = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", cost = 11)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", cost = 5, burst = 4)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", cost = "1")]
    async fn m3(&self) -> Result<(), kit::Status>;
}

fn main() {}
