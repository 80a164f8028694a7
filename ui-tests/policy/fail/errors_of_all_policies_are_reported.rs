#[kit::service]
#[shed(cpu = 2)]
pub trait Users {
    #[retry(attempts = 0)]
    #[breaker(failures = 0)]
    #[rate_limit("often")]
    #[auth(jwt)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[hedge]
    async fn count(&self) -> Result<u64, kit::Status>;
}

fn main() {}
