#[derive(serde::Serialize, serde::Deserialize)]
pub struct NotAMessage {
    id: u64,
}

#[kit::service]
#[transport(http(prefix = "/v1"), grpc)]
pub trait Users {
    async fn both(&self, id: u64) -> Result<u64, kit::Status>;
    #[transport(http)]
    async fn web(&self, user: NotAMessage) -> Result<NotAMessage, kit::Status>;
    #[transport(grpc)]
    async fn watch(&self, id: u64) -> Result<kit::Streaming<u64>, kit::Status>;
}

pub fn main() {
    let [both, web, watch] = users::DESCRIPTOR.methods else { panic!("three methods") };
    assert_eq!(both.meta.http.unwrap().path, "/v1/both");
    assert_eq!(both.meta.grpc_path, "/Users/Both");
    assert_eq!(web.meta.http.unwrap().path, "/v1/web");
    assert_eq!(web.meta.grpc_path, "");
    assert!(watch.meta.http.is_none());
    assert_eq!(watch.meta.grpc_path, "/Users/Watch");
}
