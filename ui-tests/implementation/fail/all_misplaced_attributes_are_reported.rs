struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    async fn count(&self) -> Result<u64, kit::Status>;
}

#[kit::service(mock)]
#[transport(http)]
impl Users for Basic {
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, #[path] id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }

    #[timeout("0s")]
    async fn count(&self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

fn main() {}
