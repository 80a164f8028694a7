#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    async fn find(&self, #[query] #[header("x-name")] name: String) -> Result<u64, kit::Status>;
}

fn main() {}
