#[kit::service]
pub trait Users {
    #[retry(attempts = 3, backoff = "20ms..1s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
