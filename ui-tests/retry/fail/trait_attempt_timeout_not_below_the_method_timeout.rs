#[kit::service]
#[retry(attempt_timeout = "2s")]
pub trait Users {
    #[endpoint(get = "/users/{id}")]
    #[timeout("1s")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
