#[kit::service]
pub trait Users {
    #[shed(0.9)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
