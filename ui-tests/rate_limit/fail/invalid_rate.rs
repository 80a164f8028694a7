#[kit::service]
pub trait Users {
    #[rate_limit("fast")]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[rate_limit("100")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[rate_limit("100/day")]
    async fn m2(&self) -> Result<(), kit::Status>;
    #[rate_limit("1.5/s")]
    async fn m3(&self) -> Result<(), kit::Status>;
    #[rate_limit("5/0s")]
    async fn m4(&self) -> Result<(), kit::Status>;
    #[rate_limit("")]
    async fn m5(&self) -> Result<(), kit::Status>;
    #[rate_limit(100)]
    async fn m6(&self) -> Result<(), kit::Status>;
}

fn main() {}
