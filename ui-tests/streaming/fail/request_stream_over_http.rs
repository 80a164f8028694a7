#[kit::service]
#[transport(http, grpc)]
pub trait Users {
    #[transport(http, grpc)]
    async fn upload(&self, ids: kit::Streaming<u64>) -> Result<u64, kit::Status>;
}

fn main() {}
