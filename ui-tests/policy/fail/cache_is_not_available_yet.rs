#[kit::service]
pub trait Users {
    #[cache(ttl = "1s", coalesce)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
