#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    async fn find(&self, #[quary] name: String) -> Result<u64, kit::Status>;
}

fn main() {}
