struct Basic;

#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
#[throttle]
impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {}
