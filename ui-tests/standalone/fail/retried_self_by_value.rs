pub struct Users;

impl Users {
    #[kit::retry]
    pub async fn find(self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
    #[kit::hedge]
    pub async fn count(&mut self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

fn main() {}
