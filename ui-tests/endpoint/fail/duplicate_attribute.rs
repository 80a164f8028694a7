#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    #[endpoint(idempotent)]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
