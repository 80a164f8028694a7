#[kit::service]
pub trait Users {
    #[throttle(k = 2.0, at = server)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
