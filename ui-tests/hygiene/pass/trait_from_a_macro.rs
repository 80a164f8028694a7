macro_rules! service {
    ($trait:ident, $server:ident, $client:ident, $method:ident, $argument:ident: $type:ty, $path:literal, $limit:literal) => {
        #[kit::service(name = "pb.Made")]
        #[transport(http, grpc)]
        #[timeout($limit)]
        pub trait $trait {
            #[endpoint(post = $path)]
            async fn $method(&self, $argument: $type) -> Result<$type, kit::Status>;
            async fn fixed(&self, value: u64) -> Result<u64, kit::Status>;
        }

        struct Basic;

        #[kit::service]
        impl $trait for Basic {
            async fn $method(&self, $argument: $type) -> Result<$type, kit::Status> {
                Ok($argument)
            }
            async fn fixed(&self, value: u64) -> Result<u64, kit::Status> {
                Ok(value)
            }
        }
    };
}

service!(Echo, EchoServer, EchoClient, echo, word: String, "/echo", "1s");

pub fn main() {
    let client = EchoClient::local(Basic);
    assert_eq!(ui_tests::now(client.echo("hi".to_owned())).unwrap(), "hi");
    assert_eq!(ui_tests::now(client.fixed(3)).unwrap(), 3);
    assert_eq!(echo::DESCRIPTOR.name, "pb.Made");
    let _ = kit::Server::new().mount(EchoServer::new(Basic));
}
