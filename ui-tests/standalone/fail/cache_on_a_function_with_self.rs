pub struct Users;

impl Users {
    #[kit::cache(ttl = "1s")]
    pub async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {}
