#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(capacity = 10)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
