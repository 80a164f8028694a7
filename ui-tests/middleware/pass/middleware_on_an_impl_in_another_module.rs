mod contract {
    pub mod api {
        #[kit::service]
        pub trait Add {
            async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
            async fn negate(&self, a: i64) -> Result<i64, kit::Status>;
        }
    }
}

struct Basic;

#[kit::service]
impl contract::api::Add for Basic {
    #[middleware(kit::Identity)]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
    async fn negate(&self, a: i64) -> Result<i64, kit::Status> {
        Ok(-a)
    }
}

pub fn main() {
    use contract::api::{Add, AddClient, AddServer};
    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
}
