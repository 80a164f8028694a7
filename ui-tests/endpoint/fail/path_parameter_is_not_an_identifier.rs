#[kit::service]
pub trait Users {
    #[endpoint(get = "/users/{user-id}")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
