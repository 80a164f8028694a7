#[kit::service]
pub trait Users {
    #[endpoint(delete = "/users")]
    async fn remove(&self, #[body] id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
