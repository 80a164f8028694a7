#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[timeout("1s")]
    async fn watch(&self, id: u64) -> Result<kit::Streaming, kit::Status>;
}

fn main() {}
