#[kit::service]
pub trait Users {
    #[throttle(min_calls = 0)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
