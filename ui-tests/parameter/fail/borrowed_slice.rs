#[kit::service]
pub trait Users {
    async fn remove(&self, ids: &[u64]) -> Result<(), kit::Status>;
}

fn main() {}
