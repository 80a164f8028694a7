#[kit::service]
pub trait Users {
    #[breaker(probes = 0)]
    async fn m0(&self) -> Result<(), kit::Status>;
    #[breaker(probes = 5000)]
    async fn m1(&self) -> Result<(), kit::Status>;
    #[breaker(probes = "3")]
    async fn m2(&self) -> Result<(), kit::Status>;
}

fn main() {}
