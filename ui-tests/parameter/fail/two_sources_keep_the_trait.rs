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
    // After an error rustc is silent about names that it does not find. It has
    // something to say about these types, so all that is generated is there.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(String::new());
    let () = users::Find;
}
