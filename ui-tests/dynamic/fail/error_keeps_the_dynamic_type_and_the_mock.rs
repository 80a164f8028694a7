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
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(1);
    let () = users::Find;
    let () = DynUsers::new(Basic);
    let () = MockUsers::new();
}
