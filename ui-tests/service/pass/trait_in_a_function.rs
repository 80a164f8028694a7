pub fn main() {
    struct Basic;

    #[kit::service]
    #[transport(http, grpc)]
    trait Add {
        async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
    }

    impl Add for Basic {
        async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
            Ok(a + b)
        }
    }

    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
}
