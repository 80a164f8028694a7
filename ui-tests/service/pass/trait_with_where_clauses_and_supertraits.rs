#[derive(Debug)]
struct Basic;

#[kit::service]
pub trait Add: Send + Sync + 'static
where
    Self: Sized,
{
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>
    where
        Self: Sync;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

pub fn main() {
    assert_eq!(ui_tests::now(AddClient::local(Basic).sum(1, 2)).unwrap(), 3);
    let _ = kit::Server::new().mount(AddServer::new(Basic));
}
