struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, name: &str) -> Result<u64, kit::Status>;
    async fn count(&self) -> Result<u64, kit::Status>;
}

impl Users for Basic {
    async fn find(&self, name: &str) -> Result<u64, kit::Status> {
        Ok(name.len() as u64)
    }
    async fn count(&self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

async fn call() -> Result<u64, kit::Status> {
    UsersClient::local(Basic).count().await
}

fn main() {
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).count();
    let () = users::Count;
}
