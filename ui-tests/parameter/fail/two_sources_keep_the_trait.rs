struct Basic;

#[kit::service]
pub trait Users {
    #[endpoint(get = "/users")]
    async fn find(&self, #[query] #[header("x-name")] name: String) -> Result<u64, kit::Status>;
}

impl Users for Basic {
    async fn find(&self, name: String) -> Result<u64, kit::Status> {
        Ok(name.len() as u64)
    }
}

async fn call() -> Result<u64, kit::Status> {
    UsersClient::connect("http://127.0.0.1:8080").await?.find("Ann".to_owned()).await
}

fn main() {
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
    let _ = call();
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(String::new());
    let () = users::Find;
}
