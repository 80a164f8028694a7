struct Basic;

#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
impl Users for Basic {
    #[fallback(none)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {}
