#[kit::service]
pub trait Users {
    #[breaker(slow = 500)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[breaker(slow = "0s")]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
