#[kit::service]
pub trait Users {
    #[timeout("1s")]
    async fn find(&self, #[endpoint(get = "/users")] id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
