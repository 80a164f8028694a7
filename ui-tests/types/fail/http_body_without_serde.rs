pub struct User {
    name: String,
}

#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn add(&self, #[body] user: User) -> Result<u64, kit::Status>;
}

fn main() {}
