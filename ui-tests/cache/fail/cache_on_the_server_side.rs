#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", at = server)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
