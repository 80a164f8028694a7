#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(3)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
