#[kit::service]
pub trait Users {
    #[rate_limit]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
