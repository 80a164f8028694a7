#[kit::service]
pub trait Users {
    #[throttle(k = 0.5)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[throttle(k = "2")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[throttle(k)]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
