#[kit::service]
pub trait Users {
    #[cfg_attr(all(), breaker(failures = 5))]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
