#[derive(Clone)]
struct Basic;

#[kit::service]
pub trait Add {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

/// A service that calls another one, local or remote.
struct Doubled<A>(A);

#[kit::service]
impl<A: Add + Send + Sync + 'static> Add for Doubled<A> {
    #[timeout("1s")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(2 * self.0.sum(a, b).await?)
    }
}

fn serve<A: Add + Send + Sync + 'static>(service: A) -> AddServer<A> {
    AddServer::new(service)
}

async fn total(add: &impl Add) -> Result<i64, kit::Status> {
    add.sum(add.sum(1, 2).await?, 3).await
}

pub fn main() {
    assert_eq!(ui_tests::now(total(&Basic)).unwrap(), 6);
    assert_eq!(ui_tests::now(total(&AddClient::local(Basic))).unwrap(), 6);
    assert_eq!(ui_tests::now(total(&Doubled(AddClient::local(Basic)))).unwrap(), 18);
    let _ = kit::Server::new().mount(serve(Doubled(Basic)));
}
