struct Basic;

#[kit::service(dynamic, mock)]
#[transport(http, grpc)]
pub trait Wide {
    async fn sum(
        &self, cx: &kit::Context,
        a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64, a8: i64,
        a9: i64, a10: i64, a11: i64, a12: i64, a13: i64, a14: i64, a15: i64, a16: i64,
    ) -> Result<i64, kit::Status>;
}

impl Wide for Basic {
    async fn sum(
        &self, _: &kit::Context,
        a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64, a8: i64,
        a9: i64, a10: i64, a11: i64, a12: i64, a13: i64, a14: i64, a15: i64, a16: i64,
    ) -> Result<i64, kit::Status> {
        Ok(a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16)
    }
}

pub fn main() {
    let cx = kit::Context::new();
    let client = WideClient::local(Basic);
    let sum = client.sum(&cx, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    assert_eq!(ui_tests::now(sum).unwrap(), 136);
    let _ = kit::Server::new().mount(WideServer::new(Basic));
}
