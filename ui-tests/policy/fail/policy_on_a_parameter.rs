#[kit::service]
pub trait Users {
    #[timeout("1s")]
    async fn find(&self, #[cache(ttl = "1s")] id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
