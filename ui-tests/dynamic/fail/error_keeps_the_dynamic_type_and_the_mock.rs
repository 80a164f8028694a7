struct Basic;

#[kit::service(dynamic, mock)]
pub trait Users {
    #[timeout("2 parsecs")]
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

impl Users for Basic {
    async fn find(&self, id: u64) -> Result<u64, kit::Status> {
        Ok(id)
    }
}

fn main() {
    let _ = kit::Server::new().mount(UsersServer::new(DynUsers::new(Basic)));
    // After an error rustc is silent about names that it does not find. It has
    // something to say about these types, so all that is generated is there.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(1);
    let () = users::Find;
    let () = DynUsers::new(Basic);
    let () = MockUsers::new();
}
