#[kit::service]
pub trait Users {
    #[throttle(ratio = 0.5)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
