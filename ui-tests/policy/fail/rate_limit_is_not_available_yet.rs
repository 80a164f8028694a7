#[kit::service]
pub trait Users {
    #[rate_limit("100/s", burst = 20)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
