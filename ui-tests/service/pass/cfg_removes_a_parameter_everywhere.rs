#![deny(warnings)]

struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Add {
    async fn sum(
        &self,
        a: i64,
        #[cfg(any())] gone: NoSuchType,
        #[cfg(all())] b: i64,
    ) -> Result<i64, kit::Status>;
}

#[kit::service]
impl Add for Basic {
    async fn sum(
        &self,
        a: i64,
        #[cfg(any())] gone: NoSuchType,
        #[cfg(all())] b: i64,
    ) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

pub fn main() {
    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
    let arguments = add::DESCRIPTOR.methods[0].meta.arguments;
    let names: Vec<_> = arguments.iter().map(|argument| argument.name).collect();
    assert_eq!(names, ["a", "b"]);
    let request = add::SumRequest { a: 1, b: 2 };
    assert_eq!(request.a + request.b, 3);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
}
