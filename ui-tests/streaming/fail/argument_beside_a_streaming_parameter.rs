#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[timeout("1s")]
    async fn upload(&self, name: String, ids: kit::Streaming<u64>) -> Result<u64, kit::Status>;
}

fn main() {}
