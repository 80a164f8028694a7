#[kit::service]
pub trait Users {
    #[rate_limit("10/s", wait = 50)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", wait = "50")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", wait)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", wait = "0s")]
    async fn m3(&self) -> Result<(), kit::Status>;
}

fn main() {}
