#[kit::service]
pub trait Users {
    #[retry(attempts = 3)]
    #[breaker(failures = 5)]
    #[rate_limit("100/s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
