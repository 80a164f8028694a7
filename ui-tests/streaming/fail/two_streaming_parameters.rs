#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[timeout("1s")]
    async fn upload(&self, ids: kit::Streaming<u64>, names: kit::Streaming<String>) -> Result<u64, kit::Status>;
}

fn main() {}
