#[kit::service]
pub trait Users {
    #[timeout]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
