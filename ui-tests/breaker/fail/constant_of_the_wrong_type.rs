const FAILURES: &str = "5";

#[kit::service]
pub trait Users {
    #[breaker(failures = FAILURES)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
