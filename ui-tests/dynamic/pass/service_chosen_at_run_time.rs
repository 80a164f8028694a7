struct Basic;
struct Doubled;

#[kit::service(dynamic)]
#[transport(http, grpc)]
#[timeout("1s")]
pub trait Add {
    async fn sum(&self, cx: &kit::Context, a: i64, b: i64) -> Result<i64, kit::Status>;
}

impl Add for Basic {
    async fn sum(&self, _: &kit::Context, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(a + b)
    }
}

impl Add for Doubled {
    async fn sum(&self, _: &kit::Context, a: i64, b: i64) -> Result<i64, kit::Status> {
        Ok(2 * (a + b))
    }
}

pub fn main() {
    let cx = kit::Context::new();
    let all = [DynAdd::new(Basic), DynAdd::new(Doubled), DynAdd::new(AddClient::local(Basic))];
    let sums: Vec<_> = all.iter().map(|add| ui_tests::now(add.sum(&cx, 1, 2)).unwrap()).collect();
    assert_eq!(sums, [3, 6, 3]);
    let [first, ..] = all;
    let _ = kit::Server::new().mount(AddServer::new(first.clone()));
    let again = DynAdd::new(first);
    assert_eq!(ui_tests::now(again.sum(&cx, 1, 2)).unwrap(), 3);
}
