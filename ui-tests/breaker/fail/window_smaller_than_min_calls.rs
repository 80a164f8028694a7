#[kit::service]
pub trait Users {
    #[breaker(window = 10, min_calls = 11)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
