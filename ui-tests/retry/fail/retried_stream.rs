#[derive(kit::Message)]
pub struct Part {
    pub text: String,
}

#[kit::service]
#[transport(grpc)]
pub trait Users {
    #[endpoint(idempotent)]
    #[retry(attempts = 3)]
    async fn upload(&self, parts: kit::Streaming<Part>) -> Result<u64, kit::Status>;
    #[endpoint(idempotent)]
    #[hedge]
    async fn watch(&self) -> Result<kit::Streaming<Part>, kit::Status>;
    #[fallback(none)]
    async fn talk(&self, parts: kit::Streaming<Part>) -> Result<u64, kit::Status>;
}

fn main() {}
