struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
impl Users for Basic {
    #[endpoint(get = "/users/{id}")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

async fn call() -> Result<u64, kit::Status> {
    UsersClient::local(Basic).find(1).await
}

fn main() {
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(1);
    let () = users::Find;
}
