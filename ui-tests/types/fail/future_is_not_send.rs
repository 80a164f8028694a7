use std::rc::Rc;

struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    async fn count(&self) -> Result<u64, kit::Status>;
}

impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        let seen = Rc::new(id);
        let count = self.count().await?;
        Ok(*seen + count)
    }
    async fn count(&self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

fn main() {}
