use kit::{endpoint, service, timeout, transport};

struct Basic;

#[service]
#[kit::transport(http, grpc)]
#[kit::timeout("2s")]
pub trait Add {
    #[kit::endpoint(post = "/sum")]
    #[::kit::timeout("1s")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

#[service]
#[transport(grpc)]
pub trait Other {
    #[endpoint(idempotent)]
    #[timeout("1s")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

pub fn main() {
    assert_eq!(add::DESCRIPTOR.methods[0].meta.http.unwrap().path, "/sum");
    assert!(other::DESCRIPTOR.methods[0].meta.idempotent);
    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
}
