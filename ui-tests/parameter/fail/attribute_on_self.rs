#[kit::service]
pub trait Users {
    async fn find(#[query] &self, name: String) -> Result<u64, kit::Status>;
}

fn main() {}
