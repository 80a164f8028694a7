#[derive(serde::Deserialize)]
pub struct User {
    name: String,
}

#[kit::service]
pub trait Users {
    async fn add(&self, user: User) -> Result<u64, kit::Status>;
}

fn main() {}
