#[kit::service]
pub trait Users {
    #[rate_limit("10/s", key = pear)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = "peer")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = header)]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = header(tenant))]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = header("x tenant"))]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = arg("tenant"))]
    async fn m5(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key(peer))]
    async fn m6(&self) -> Result<(), kit::Status>;
}

fn main() {}
