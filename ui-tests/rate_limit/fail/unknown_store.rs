#[kit::service]
pub trait Users {
    #[rate_limit("10/s", store = "Redis")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", store = 1)]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
