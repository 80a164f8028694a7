#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn add(&self, #[body] name: String, #[body] age: u64) -> Result<u64, kit::Status>;
}

fn main() {}
