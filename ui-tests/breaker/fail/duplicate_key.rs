#[kit::service]
pub trait Users {
    #[breaker(failures = 5, failures = 6)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
