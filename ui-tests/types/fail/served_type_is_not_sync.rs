struct Basic {
    calls: std::cell::Cell<u64>,
}

#[kit::service]
pub trait Users {
    async fn find(&self, id: u64) -> Result<u64, kit::Status>;
}

impl Users for Basic {
    fn find(&self, id: u64) -> impl Future<Output = Result<u64, kit::Status>> + Send {
        self.calls.set(self.calls.get() + 1);
        std::future::ready(Ok(id))
    }
}

fn main() {
    let service = Basic { calls: std::cell::Cell::new(0) };
    let _ = kit::Server::new().mount(UsersServer::new(service));
}
