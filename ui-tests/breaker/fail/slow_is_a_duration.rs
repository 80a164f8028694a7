#[kit::service]
pub trait Users {
    #[breaker(slow = 500)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
