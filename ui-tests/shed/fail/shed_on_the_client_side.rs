#[kit::service]
pub trait Users {
    #[shed(cpu = 0.9, at = client)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
