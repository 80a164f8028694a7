#[kit::service]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, id: u64) -> Result<String, kit::Status>;
    #[endpoint(put = "/users/{name}")]
    async fn rename(&self, name: String) -> Result<(), kit::Status>;
    #[endpoint(get = "/users/me")]
    async fn me(&self) -> Result<String, kit::Status>;
    #[endpoint(get = "/users/{id}/friends")]
    async fn friends(&self, id: u64) -> Result<Vec<String>, kit::Status>;
}

pub fn main() {
    assert_eq!(users::DESCRIPTOR.methods.len(), 4);
}
