#[kit::service(mock)]
#[transport(http, grpc)]
pub trait Add {
    async fn sum(&self, cx: &kit::Context, a: i64, b: i64) -> Result<i64, kit::Status>;
    async fn reset(&self) -> Result<(), kit::Status>;
}

async fn twice(add: &impl Add) -> Result<i64, kit::Status> {
    let cx = kit::Context::new();
    let sum = add.sum(&cx, 1, 2).await?;
    add.sum(&cx, sum, sum).await
}

pub fn main() {
    let mock = MockAdd::new();
    mock.on_sum(|a, b| Ok(a + b));
    assert_eq!(ui_tests::now(twice(&mock)).unwrap(), 6);
    assert_eq!(mock.sum_calls(), 2);
    assert_eq!(mock.reset_calls(), 0);

    mock.on_sum(|_, _| Err(kit::Status::unavailable("away")));
    let refused = ui_tests::now(twice(&mock)).unwrap_err();
    assert_eq!(refused.code(), kit::Code::Unavailable);

    // Clones share their responses, so a server can hold one and the test another.
    let _ = kit::Server::new().mount(AddServer::new(mock.clone()));
    assert!(ui_tests::now(mock.reset()).is_err());
}
