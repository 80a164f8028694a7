struct Basic;

#[kit::service]
pub trait Store {
    async fn put<T: Send>(&self, value: T) -> Result<(), kit::Status>;
    async fn size(&self) -> Result<u64, kit::Status>;
}

impl Store for Basic {
    async fn put<T: Send>(&self, _: T) -> Result<(), kit::Status> {
        Ok(())
    }
    async fn size(&self) -> Result<u64, kit::Status> {
        Ok(0)
    }
}

async fn call() -> Result<u64, kit::Status> {
    StoreClient::local(Basic).size().await
}

fn main() {
    let _ = kit::Server::new().mount(StoreServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = StoreServer::new(Basic);
    let () = StoreClient::local(Basic).size();
    let () = store::Size;
}
