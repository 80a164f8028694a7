#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Option<String>;
}

fn main() {}
