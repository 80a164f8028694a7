#[kit::service]
pub trait Users {
    #[endpoint(idempotent)]
    #[timeout("500ms")]
    #[retry(attempt_timeout = "500ms")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
