//! Servers with several workers on one address.

use std::time::Duration;

use kit::Server;
use tokio::net::TcpStream;

use crate::support::adder::{Adder as _, AdderClient, AdderServer, Held};
use crate::support::raw::{post, soon};

use super::fixtures::{Stoppable, ended};

#[tokio::test]
async fn workers_serve_on_one_address_and_all_stop() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .workers(3)
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    for _ in 0..32 {
        let response = post(address, "/sum", r#"{"a":20,"b":22}"#).await;
        assert_eq!(response, (200, "42".to_owned()));
    }
    let call = tokio::spawn(async move { post(address, "/held", r#"{"a":5}"#).await });
    held.began().await;
    let served = server.stop();
    soon("the refusal", async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    held.release();
    assert_eq!(call.await.expect("does not panic"), (200, "5".to_owned()));
    let drained = ended(served).await;
    assert!(drained.is_complete(), "{drained}");
}

#[tokio::test]
async fn stopping_workers_report_the_cut_calls_of_all() {
    const CALLS: usize = 8;
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .workers(2)
        .shutdown_timeout(Duration::from_millis(20))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            tokio::spawn(async move {
                let client = AdderClient::connect(format!("grpc://{address}")).await?;
                client.held(1).await
            })
        })
        .collect();
    for _ in 0..CALLS {
        held.began().await;
    }
    let drained = ended(server.stop()).await;
    assert_eq!((drained.connections_cut, drained.calls_cut), (CALLS, CALLS));
    for call in calls {
        call.await.expect("does not panic").expect_err("cut");
    }
}
