#![no_implicit_prelude]

struct Basic;

#[::kit::service(dynamic, mock)]
#[transport(http, grpc)]
#[timeout("2s")]
pub trait Add {
    #[endpoint(post = "/sum", idempotent)]
    async fn sum(&self, a: i64, b: i64) -> ::std::result::Result<i64, ::kit::Status>;

    #[middleware(::kit::Identity)]
    async fn join(
        &self,
        cx: &::kit::Context,
        left: ::std::string::String,
        right: ::std::option::Option<::std::string::String>,
    ) -> ::std::result::Result<(), ::kit::Status>;
}

#[::kit::service]
#[timeout("1s")]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> ::std::result::Result<i64, ::kit::Status> {
        ::std::result::Result::Ok(a + b)
    }

    #[middleware(::kit::Identity)]
    async fn join(
        &self,
        _: &::kit::Context,
        _: ::std::string::String,
        _: ::std::option::Option<::std::string::String>,
    ) -> ::std::result::Result<(), ::kit::Status> {
        ::std::result::Result::Ok(())
    }
}

pub fn main() {
    let client = AddClient::local(Basic);
    ::std::assert_eq!(::ui_tests::now(client.sum(1, 2)).unwrap(), 3);
    let _ = ::kit::Server::new().mount(AddServer::new(Basic));
}
