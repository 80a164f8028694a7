#[derive(Clone, Debug, kit::Message)]
pub struct NotSerde {
    id: u64,
}

#[kit::service]
#[transport(grpc)]
pub trait Users {
    async fn add(&self, #[body] user: NotSerde) -> Result<NotSerde, kit::Status>;
    async fn all(&self, like: NotSerde, also: Vec<NotSerde>) -> Result<Vec<NotSerde>, kit::Status>;
}

pub fn main() {
    assert!(users::DESCRIPTOR.methods[0].meta.http.is_none());
    assert_eq!(users::DESCRIPTOR.methods[0].meta.grpc_path, "/Users/Add");
}
