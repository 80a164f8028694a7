#[kit::service]
pub trait Users {
    #[breaker(failures = 5, at = sever)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
