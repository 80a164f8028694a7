#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[endpoint(post = "/users")]
    async fn find(&self, #[tag(2)] id: u64, name: String) -> Result<u64, kit::Status>;
}

fn main() {}
