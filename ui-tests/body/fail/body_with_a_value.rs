#[kit::service]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn add(&self, #[body(json)] name: String) -> Result<u64, kit::Status>;
}

fn main() {}
