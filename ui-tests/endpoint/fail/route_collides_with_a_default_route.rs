#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<String, kit::Status>;
    #[endpoint(post = "/users/find")]
    async fn look(&self, id: u64) -> Result<String, kit::Status>;
}

fn main() {}
