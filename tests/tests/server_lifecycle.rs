//! A server starts, tells its address, answers, and ends in good order.

use kit::Server;
use tokio::sync::oneshot;

use crate::raw::{get, soon};

#[tokio::test]
async fn port_zero_is_told_and_the_probes_answer() {
    let bound = Server::new().bind("127.0.0.1:0").await.expect("binds");
    let address = bound.local_addr().expect("a port");
    assert_ne!(address.port(), 0);
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(bound.serve_until(async {
        let _ = stopped.await;
    }));
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/readyz").await, (200, "ready\n".to_owned()));
    stop.send(()).expect("the server waits");
    let drained = soon("the end", served)
        .await
        .expect("joins")
        .expect("serves");
    assert!(drained.is_complete(), "{drained}");
}
