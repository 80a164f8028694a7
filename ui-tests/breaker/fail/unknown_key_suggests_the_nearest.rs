#[kit::service]
pub trait Users {
    #[breaker(failure = 5)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
