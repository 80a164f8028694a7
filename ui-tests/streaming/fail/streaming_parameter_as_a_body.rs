#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[timeout("1s")]
    async fn upload(&self, #[body] ids: kit::Streaming<u64>) -> Result<u64, kit::Status>;
}

fn main() {}
