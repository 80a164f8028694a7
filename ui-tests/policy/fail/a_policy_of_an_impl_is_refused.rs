struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
#[shed(cpu = 0.9)]
impl Users for Basic {
    #[rate_limit("10/s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {}
