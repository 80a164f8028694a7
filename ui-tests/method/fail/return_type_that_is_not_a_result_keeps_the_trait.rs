struct Basic;

#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> i64;
    async fn negate(&self, a: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> i64 {
        a + b
    }
    async fn negate(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(self.sum(0, -a).await)
    }
}

async fn call() -> Result<i64, kit::Status> {
    AddClient::local(Basic).negate(1).await
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
