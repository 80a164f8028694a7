#[kit::service]
pub trait Users {
    #[rate_limit("10/s", store = "redis")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
