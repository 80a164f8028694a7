#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempts = 3, at = server)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
