#[kit::service]
pub trait Users {
    #[throttle(on(unavalable))]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
