struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Names {
    async fn all(
        &self,
        service: i64,
        request: i64,
        client: i64,
        server: i64,
        routes: i64,
        arguments: i64,
        next: i64,
        call: i64,
        method: i64,
        endpoint: i64,
    ) -> Result<i64, kit::Status>;
    async fn context(&self, context: &kit::Context, cx: i64) -> Result<i64, kit::Status>;
}

impl Names for Basic {
    async fn all(
        &self,
        service: i64,
        request: i64,
        client: i64,
        server: i64,
        routes: i64,
        arguments: i64,
        next: i64,
        call: i64,
        method: i64,
        endpoint: i64,
    ) -> Result<i64, kit::Status> {
        Ok(service + request + client + server + routes + arguments + next + call + method + endpoint)
    }
    async fn context(&self, _: &kit::Context, cx: i64) -> Result<i64, kit::Status> {
        Ok(cx)
    }
}

pub fn main() {
    let client = NamesClient::local(Basic);
    assert_eq!(ui_tests::now(client.all(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).unwrap(), 55);
    assert_eq!(ui_tests::now(client.context(&kit::Context::new(), 4)).unwrap(), 4);
    let _ = kit::Server::new().mount(NamesServer::new(Basic));
}
