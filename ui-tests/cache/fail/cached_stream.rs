#[derive(kit::Message)]
pub struct Part {
    pub text: String,
}

#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1s")]
    async fn watch(&self) -> Result<kit::Streaming<Part>, kit::Status>;
    #[endpoint(idempotent)]
    #[cache(ttl = "1s")]
    async fn upload(&self, parts: kit::Streaming<Part>) -> Result<u64, kit::Status>;
}

fn main() {}
