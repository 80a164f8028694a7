struct Basic;

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

fn main() {
    let _ = kit::Server::new().mount(UsersServer::new(Basic));
}
