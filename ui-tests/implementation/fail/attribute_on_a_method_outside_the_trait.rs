struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }

    #[timeout("1s")]
    async fn count(&self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

fn main() {}
