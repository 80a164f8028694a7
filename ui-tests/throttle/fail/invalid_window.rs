#[kit::service]
pub trait Users {
    #[throttle(window = 100)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[throttle(window = "1ms")]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[throttle(window = "2h")]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
