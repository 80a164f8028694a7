#[derive(serde::Serialize, serde::Deserialize)]
pub struct User {
    pub name: String,
}

#[kit::service]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    #[cache(ttl = "1s")]
    async fn find(&self, id: u64) -> Result<User, kit::Status>;
}

fn main() {}
