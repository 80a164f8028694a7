use renamed::{Add, AddClient, AddError, AddServer, Basic, DynAdd, Pair};

pub fn main() {
    let cx = kit::Context::new();
    let client = AddClient::local(Basic);
    assert_eq!(ui_tests::now(client.sum(&cx, Pair { a: 1, b: 2 })).unwrap(), 3);
    let zeroes = ui_tests::now(client.sum(&cx, Pair { a: 0, b: 0 }));
    assert!(matches!(zeroes, Err(AddError::TwoZeroes)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let sums = async { (renamed::sum(1, 2).await.ok(), renamed::sum(i64::MAX, 1).await.ok()) };
    let sums = runtime.expect("a runtime").block_on(sums);
    assert_eq!(sums, (Some(3), Some(0)));
    let _ = kit::Server::new().mount(AddServer::new(DynAdd::new(Basic)));
}
