#![allow(non_camel_case_types, dead_code)]

struct u32;
struct u16;
struct usize;
struct str;
struct bool;

struct Basic;

#[kit::service]
#[transport(http, grpc)]
#[timeout("2s")]
pub trait Add {
    #[endpoint(post = "/sum", status = 201)]
    async fn sum(&self, #[tag(4)] a: i64, b: i64) -> Result<i64, kit::Status>;
}

#[kit::service]
#[timeout("1s")]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

pub fn main() {
    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
}
