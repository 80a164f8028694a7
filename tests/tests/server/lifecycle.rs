//! Startup, graceful shutdown, and calls cut by it.

use std::time::Duration;

use kit::Server;
use kit::testing::{self};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::adder::{Adder as _, AdderClient, AdderServer, Held};
use crate::support::raw::{exchange, get, post, read_to_end, soon, split};

use super::fixtures::{Stoppable, ended};

#[tokio::test]
async fn port_zero_reports_its_address_and_serves_the_probes() {
    let bound = Server::new().bind("127.0.0.1:0").await.expect("binds");
    let address = bound.local_addr();
    assert_ne!(address.port(), 0);
    let server = Stoppable::run(bound);
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/readyz").await, (200, "ready\n".to_owned()));
    let drained = ended(server.stop()).await;
    assert!(drained.is_complete(), "{drained}");
    TcpStream::connect(address)
        .await
        .expect_err("the listener is closed");
}

#[tokio::test]
async fn one_port_answers_http_1_http_2_and_grpc() {
    let running = testing::serve(Server::new().mount(AdderServer::new(Held::default()))).await;
    let (status, body) = post(running.address(), "/sum", r#"{"a":1,"b":2}"#).await;
    assert_eq!((status, body.as_str()), (200, "3"));
    for scheme in ["http", "grpc"] {
        let client = AdderClient::connect(running.url(scheme))
            .await
            .expect("connects");
        assert_eq!(client.sum(40, 2).await.expect("adds"), 42, "{scheme}");
    }
    assert!(running.shut_down().await.is_complete());
}

#[tokio::test]
async fn shutdown_answers_accepted_calls_and_refuses_new_ones() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    let http = tokio::spawn(async move { post(address, "/held", r#"{"a":7}"#).await });
    held.began().await;
    let grpc = AdderClient::connect(format!("grpc://{address}"))
        .await
        .expect("connects");
    let call = tokio::spawn({
        let grpc = grpc.clone();
        async move { grpc.held(8).await }
    });
    held.began().await;
    let mut idle = TcpStream::connect(address).await.expect("connects");
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .expect("writes");
    let mut some = [0; 16];
    soon("a response", idle.read_exact(&mut some))
        .await
        .expect("reads");

    let served = server.stop();
    // An idle connection closes at once, which also shows that the server is
    // stopping.
    assert!(read_to_end(&mut idle).await.ends_with("ok\n"));
    TcpStream::connect(address)
        .await
        .expect_err("nothing more is accepted");
    assert!(!served.is_finished());
    held.release();
    held.release();
    let (status, body) = http.await.expect("does not panic");
    assert_eq!((status, body.as_str()), (200, "7"));
    assert_eq!(call.await.expect("does not panic").expect("answers"), 8);
    let drained = ended(served).await;
    assert_eq!((drained.connections_cut, drained.calls_cut), (0, 0));
}

#[tokio::test]
async fn a_connection_in_the_backlog_is_answered_before_shutdown() {
    let bound = Server::new()
        .mount(AdderServer::new(Held::default()))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    // The kernel accepts this connection; the server has not started yet, and
    // is stopped as soon as it starts.
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .expect("writes");
    let drained = soon("the end", bound.serve_until(async {}))
        .await
        .expect("serves");
    assert!(drained.is_complete(), "{drained}");
    let (status, body) = split(&read_to_end(&mut stream).await);
    assert_eq!((status, body.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn shutdown_cuts_and_counts_calls_over_the_limit() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .shutdown_timeout(Duration::from_millis(20))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    let http = tokio::spawn(async move {
        let head = "POST /held HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let request = format!("{head}content-length: 7\r\n\r\n{{\"a\":7}}");
        exchange(address, request.as_bytes()).await
    });
    held.began().await;
    let grpc = AdderClient::connect(format!("grpc://{address}"))
        .await
        .expect("connects");
    let calls: Vec<_> = (0..2)
        .map(|a| {
            let grpc = grpc.clone();
            tokio::spawn(async move { grpc.held(a).await })
        })
        .collect();
    held.began().await;
    held.began().await;

    let drained = ended(server.stop()).await;
    assert_eq!((drained.connections_cut, drained.calls_cut), (2, 3));
    assert!(
        drained
            .to_string()
            .starts_with("cut 3 calls on 2 connections after "),
        "{drained}"
    );
    assert_eq!(http.await.expect("does not panic"), "");
    for call in calls {
        let status = call.await.expect("does not panic").expect_err("cut");
        assert_eq!(status.code(), kit::Code::Unavailable, "{status}");
    }
    for _ in 0..3 {
        held.dropped().await;
    }
}

#[tokio::test]
async fn readiness_turns_before_accepting_stops() {
    let health = kit::Health::new();
    let bound = Server::new()
        .health(health.clone())
        .drain_delay(Duration::from_secs(3600))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let server = Stoppable::run(bound);
    assert_eq!(get(address, "/readyz").await.0, 200);
    let mut overall = health.watch("");
    let served = server.stop();
    soon("the change", overall.changed())
        .await
        .expect("the health is watched");
    assert_eq!(
        get(address, "/readyz").await,
        (503, "not ready\n".to_owned())
    );
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    served.abort();
    let _ = served.await;
}

#[tokio::test]
async fn dropping_the_future_of_a_server_closes_its_connections() {
    let held = Held::default();
    let bound = Server::new()
        .mount(AdderServer::new(held.clone()))
        .bind("127.0.0.1:0")
        .await
        .expect("binds");
    let address = bound.local_addr();
    let served = tokio::spawn(bound.serve_until(std::future::pending()));
    let call = tokio::spawn(async move {
        let client = AdderClient::connect(format!("grpc://{address}")).await?;
        client.held(1).await
    });
    held.began().await;
    served.abort();
    assert!(served.await.expect_err("aborted").is_cancelled());
    call.await
        .expect("does not panic")
        .expect_err("the connection is gone");
    held.dropped().await;
}

#[tokio::test]
async fn two_servers_share_nothing_but_the_process() {
    let one = testing::serve(Server::new().mount(AdderServer::new(Held::default()))).await;
    let two = testing::serve(Server::new()).await;
    assert_ne!(one.address(), two.address());
    let response = post(one.address(), "/sum", r#"{"a":1,"b":1}"#).await;
    assert_eq!(response, (200, "2".to_owned()));
    assert_eq!(post(two.address(), "/sum", "{}").await.0, 404);
    assert!(one.shut_down().await.is_complete());
    assert_eq!(get(two.address(), "/healthz").await.0, 200);
}
