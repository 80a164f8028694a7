#[kit::service]
pub trait Users {
    #[rate_limit("10/s", key = peer, max_keys = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", max_keys = 10)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", total = "100/s")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = peer, total = "all")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = peer, max_keys = "10")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = peer, total = 100)]
    async fn m5(&self) -> Result<(), kit::Status>;
    #[rate_limit("10/s", key = peer, total = "0/s")]
    async fn m6(&self) -> Result<(), kit::Status>;
}

fn main() {}
