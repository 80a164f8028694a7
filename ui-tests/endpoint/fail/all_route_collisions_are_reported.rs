#[kit::service]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, id: u64) -> Result<String, kit::Status>;
    #[endpoint(get = "/users/{name}")]
    async fn named(&self, name: String) -> Result<u64, kit::Status>;
    #[endpoint(get = "/users/{nick}")]
    async fn nicked(&self, nick: String) -> Result<u64, kit::Status>;
}

fn main() {}
