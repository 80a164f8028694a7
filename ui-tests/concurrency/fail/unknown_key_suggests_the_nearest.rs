#[kit::service]
pub trait Users {
    #[concurrency(64, queu = 16)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
