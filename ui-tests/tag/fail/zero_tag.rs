#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn find(&self, #[tag(0)] id: u64) -> Result<u64, kit::Status>;
}

fn main() {}
