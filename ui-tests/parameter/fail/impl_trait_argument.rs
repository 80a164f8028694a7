#[kit::service]
pub trait Users {
    async fn find(&self, name: impl Into<String>) -> Result<u64, kit::Status>;
}

fn main() {}
