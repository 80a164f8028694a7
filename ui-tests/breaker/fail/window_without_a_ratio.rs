#[kit::service]
pub trait Users {
    #[breaker(failures = 5, window = "10s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
