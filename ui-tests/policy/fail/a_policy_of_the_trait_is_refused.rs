#[kit::service]
#[breaker(failures = 5)]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
