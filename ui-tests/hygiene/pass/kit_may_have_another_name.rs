use renamed::{Add, AddClient, AddError, AddServer, Basic, DynAdd, Pair};

pub fn main() {
    let cx = kit::Context::new();
    let client = AddClient::local(Basic);
    assert_eq!(ui_tests::now(client.sum(&cx, Pair { a: 1, b: 2 })).unwrap(), 3);
    let zeroes = ui_tests::now(client.sum(&cx, Pair { a: 0, b: 0 }));
    assert!(matches!(zeroes, Err(AddError::TwoZeroes)));
    let _ = kit::Server::new().mount(AddServer::new(DynAdd::new(Basic)));
}
