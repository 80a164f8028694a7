#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, String>;
}

fn main() {}
