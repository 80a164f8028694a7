#[kit::service]
pub trait Users {
    #[timeout(2)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
