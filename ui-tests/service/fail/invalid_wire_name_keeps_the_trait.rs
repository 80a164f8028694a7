struct Basic;

#[kit::service(name = "pb..Add")]
#[transport(http, grpc)]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

async fn call() -> Result<i64, kit::Status> {
    AddClient::local(Basic).sum(1, 2).await
}

fn main() {
    let _ = kit::Server::new().mount(AddServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = AddServer::new(Basic);
    let () = AddClient::local(Basic).sum(1, 2);
    let () = add::Sum;
}
