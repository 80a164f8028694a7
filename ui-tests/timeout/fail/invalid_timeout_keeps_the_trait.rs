struct Basic;

#[kit::service]
pub trait Users {
    #[timeout("2 parsecs")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
    async fn count(&self) -> Result<u64, kit::Status>;
}

#[kit::service]
impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
    async fn count(&self) -> Result<u64, kit::Status> {
        Ok(1)
    }
}

async fn call() -> Result<u64, kit::Status> {
    let users = UsersClient::connect("http://127.0.0.1:8080").await?;
    users.count().await?;
    users.find(1).await
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
