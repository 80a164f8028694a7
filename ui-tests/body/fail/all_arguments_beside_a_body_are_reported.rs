#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn add(&self, #[body] name: String, age: u64, city: String) -> Result<u64, kit::Status>;
}

fn main() {}
