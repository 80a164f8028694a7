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
    // After an error rustc does not report unresolved names. It reports these
    // mismatched types, which proves that the generated items exist.
    let () = UsersServer::new(Basic);
    let () = UsersClient::local(Basic).find(1);
    let () = users::Find;
}
