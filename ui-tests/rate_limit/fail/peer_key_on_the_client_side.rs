#[kit::service]
pub trait Users {
    #[rate_limit("10/s", key = peer, at = client)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
