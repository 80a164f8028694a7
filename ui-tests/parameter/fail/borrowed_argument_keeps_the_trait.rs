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
    // After an error rustc is silent about names that it does not find. It has
    // something to say about these types, so all that is generated is there.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).count();
    let () = users::Count;
}
