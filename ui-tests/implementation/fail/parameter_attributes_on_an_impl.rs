struct Basic;

#[kit::service]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, id: u64, name: String) -> Result<u64, kit::Status>;
}

#[kit::service]
impl Users for Basic {
    async fn find(&self, #[path] id: u64, #[query] name: String) -> Result<u64, kit::Status> {
        Ok(id + name.len() as u64)
    }
}

fn main() {}
