struct Basic;

#[kit::service]
#[transport(http, grpc)]
#[timeout("1s")]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    async fn negate(&self, a: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    // The same method, written without `async fn`.
    fn negate(&self, a: i64) -> impl Future<Output = Result<i64, kit::Status>> + Send {
        std::future::ready(Ok(-a))
    }
}

pub fn main() {
    let client = AddClient::local(Basic);
    assert_eq!(ui_tests::now(client.sum(1, 2)).unwrap(), 3);
    assert_eq!(ui_tests::now(client.negate(1)).unwrap(), -1);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
}
