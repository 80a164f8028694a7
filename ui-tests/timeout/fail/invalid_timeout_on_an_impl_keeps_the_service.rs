struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

#[kit::service]
#[timeout("2 parsecs")]
impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
    let _ = UsersClient::local(Basic).find(1);
    // After an error rustc is silent about names that it does not find. It has
    // something to say about these types, so all that is generated is there.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(1);
    let () = users::Find;
}
