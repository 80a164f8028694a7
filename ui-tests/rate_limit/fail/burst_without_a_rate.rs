#[kit::service]
pub trait Users {
    #[rate_limit(burst = 20)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
