#[kit::service]
pub trait Users {
    #[trace(sample = 0.1)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
