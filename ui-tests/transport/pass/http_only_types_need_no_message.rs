#[derive(serde::Serialize, serde::Deserialize)]
pub struct NotAMessage {
    id: u64,
}

#[kit::service]
pub trait Users {
    async fn add(&self, #[body] user: NotAMessage) -> Result<Vec<NotAMessage>, kit::Status>;
    async fn pair(&self, of: (u64, String), user: NotAMessage) -> Result<(u64, u64), kit::Status>;
}

pub fn main() {
    assert!(users::DESCRIPTOR.methods[0].meta.http.is_some());
    assert_eq!(users::DESCRIPTOR.methods[0].meta.grpc_path, "");
}
