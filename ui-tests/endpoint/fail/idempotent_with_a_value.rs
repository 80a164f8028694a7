#[kit::service]
pub trait Users {
    #[endpoint(post = "/users", idempotent = "yes")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
