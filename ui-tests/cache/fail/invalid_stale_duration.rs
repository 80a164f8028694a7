#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", stale = true)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s", stale = "0s")]
    async fn m1(&self) -> Result<(), kit::Status>;
}

fn main() {}
