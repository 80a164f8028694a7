struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
impl Users for Basic {
    async fn find(&self, id: i64) -> Result<u64, kit::Status> {
        Ok(id as u64)
    }
}

fn main() {}
