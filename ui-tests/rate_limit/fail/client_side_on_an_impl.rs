struct Basic;

#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
#[rate_limit("10/s", at = client)]
impl Users for Basic {
    #[rate_limit("10/s", at = both)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {}
