#![allow(non_camel_case_types, dead_code, unused_macros)]

mod shadows {
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub struct Arc;
    pub struct Future;
    pub struct PhantomData;
    pub trait Send {}
    pub trait Sync {}
    pub trait Sized {}
    pub trait Into {}
    pub trait From {}
    pub trait Clone {}
    pub trait Copy {}
    pub trait Debug {}
    pub trait Default {}
    pub trait Fn {}
    pub trait Iterator {}
    pub struct Ok;
    pub struct Err;
    pub struct Some;
    pub struct None;
    pub fn drop() {}
    pub mod core {}
    pub mod std {}
    pub mod alloc {}
}
use shadows::*;

struct Basic;

#[::kit::service(dynamic, mock)]
#[transport(http, grpc)]
#[timeout("2s", at = both)]
pub trait Add {
    #[endpoint(get = "/sum/{a}")]
    async fn sum(&self, a: i64, #[query] b: i64) -> ::std::result::Result<i64, ::kit::Status>;
    async fn join(&self, cx: &::kit::Context, words: ::std::vec::Vec<::std::string::String>) -> ::std::result::Result<::std::string::String, ::kit::Status>;
}

#[::kit::service]
#[middleware(::kit::Identity)]
impl Add for Basic {
    #[timeout("1s")]
    async fn sum(&self, a: i64, b: i64) -> ::std::result::Result<i64, ::kit::Status> {
        ::std::result::Result::Ok(a + b)
    }
    async fn join(&self, _: &::kit::Context, words: ::std::vec::Vec<::std::string::String>) -> ::std::result::Result<::std::string::String, ::kit::Status> {
        ::std::result::Result::Ok(words.concat())
    }
}

pub fn main() {
    let client = AddClient::local(Basic);
    assert_eq!(::ui_tests::now(client.sum(1, 2)).unwrap(), 3);
    let _ = ::kit::Server::new().mount(AddServer::new(Basic));
}
