#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[timeout("1s")]
    async fn watch(&self, id: u64) -> Result<Vec<kit::Streaming<u64>>, kit::Status>;
}

fn main() {}
