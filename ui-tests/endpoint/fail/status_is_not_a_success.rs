#[kit::service]
pub trait Users {
    #[endpoint(post = "/users", status = 404)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
