struct Basic;

#[kit::service]
pub trait Add {
    async fn sum(&mut self, a: i64, b: i64) -> Result<i64, kit::Status>;
    async fn negate(&self, a: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&mut self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    async fn negate(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(-a)
    }
}

async fn call() -> Result<i64, kit::Status> {
    let mut client = AddClient::local(Basic);
    let sum = client.sum(1, 2).await?;
    client.negate(sum).await
}

fn main() {
    let _ = kit::Server::new().mount(AddServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = AddServer::new(Basic);
    let () = AddClient::local(Basic).negate(1);
    let () = add::Negate;
}
