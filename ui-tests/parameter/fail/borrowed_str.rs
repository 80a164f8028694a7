#[kit::service]
pub trait Users {
    async fn find(&self, name: &str) -> Result<u64, kit::Status>;
}

fn main() {}
