#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn find(&self, #[tag(0)] a: u64, #[tag(5)] b: u64, #[tag(5)] c: u64, #[tag(19_000)] d: u64) -> Result<u64, kit::Status>;
}

fn main() {}
