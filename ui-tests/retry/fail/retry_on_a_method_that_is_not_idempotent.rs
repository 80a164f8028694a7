#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    #[retry(attempts = 3)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
