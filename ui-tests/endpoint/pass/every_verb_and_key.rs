use kit::descriptor::Verb;

#[kit::service]
#[transport(http(prefix = "/v1"), grpc)]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, id: u64) -> Result<String, kit::Status>;
    #[endpoint(get = "/users")]
    async fn search(&self, name: Option<String>, limit: Option<u32>) -> Result<Vec<String>, kit::Status>;
    #[endpoint(post = "/users", status = 201)]
    async fn add(&self, name: String) -> Result<u64, kit::Status>;
    #[endpoint(put = "/users/{id}")]
    async fn replace(&self, id: u64, #[body] name: String) -> Result<(), kit::Status>;
    #[endpoint(patch = "/users/{id}", idempotent)]
    async fn change(&self, id: u64, name: Option<String>) -> Result<(), kit::Status>;
    #[endpoint(delete = "/users/{id}", name = "Erase")]
    async fn remove(&self, id: u64) -> Result<(), kit::Status>;
    #[endpoint(post = "/")]
    async fn root(&self) -> Result<(), kit::Status>;
    async fn count_all(&self) -> Result<u64, kit::Status>;
}

pub fn main() {
    let found: Vec<_> = users::DESCRIPTOR
        .methods
        .iter()
        .map(|method| {
            let route = method.meta.http.unwrap();
            (route.verb, route.path, route.status, method.meta.idempotent)
        })
        .collect();
    assert_eq!(
        found,
        [
            (Verb::Get, "/v1/users/{id}", 200, true),
            (Verb::Get, "/v1/users", 200, true),
            (Verb::Post, "/v1/users", 201, false),
            (Verb::Put, "/v1/users/{id}", 204, true),
            (Verb::Patch, "/v1/users/{id}", 204, true),
            (Verb::Delete, "/v1/users/{id}", 204, true),
            (Verb::Post, "/v1", 204, false),
            (Verb::Post, "/v1/count-all", 200, false),
        ],
    );
    assert_eq!(users::DESCRIPTOR.methods[5].meta.grpc_path, "/Users/Erase");
}
