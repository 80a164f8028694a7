#![deny(warnings)]

struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Add {
    #[cfg(all())]
    #[middleware(kit::Identity)]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;

    #[cfg(any())]
    #[timeout("1s")]
    async fn gone(&self, value: NoSuchType) -> Result<i64, NoSuchError>;

    #[cfg(not(any()))]
    async fn negate(&self, a: i64) -> Result<i64, kit::Status>;
}

#[kit::service]
impl Add for Basic {
    #[cfg(all())]
    #[timeout("1s")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }

    #[cfg(any())]
    #[timeout("1s")]
    async fn gone(&self, value: NoSuchType) -> Result<i64, NoSuchError> {
        value
    }

    async fn negate(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(-a)
    }
}

pub fn main() {
    let client = AddClient::local(Basic);
    assert_eq!(ui_tests::now(client.sum(1, 2)).unwrap(), 3);
    assert_eq!(ui_tests::now(client.negate(1)).unwrap(), -1);
    let names: Vec<_> = add::DESCRIPTOR.methods.iter().map(|method| method.meta.name).collect();
    assert_eq!(names, ["sum", "negate"]);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
    let _ = DynAdd::new(Basic);
    let _ = MockAdd::new();
}
