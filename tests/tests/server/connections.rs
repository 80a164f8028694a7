//! Connections that close early, and the limit on connections.

use kit::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::adder::{Adder as _, AdderClient};
use crate::support::raw::{get, post, read_to_end};

use super::fixtures::{JSON, SHORT, run, still_serves};

#[tokio::test]
async fn a_disconnected_client_cancels_its_call() {
    let (running, held) = run(Limits::default()).await;
    let head = format!("POST /held HTTP/1.1\r\nhost: x\r\n{JSON}content-length: 7\r\n\r\n");
    let request = format!("{head}{{\"a\":7}}");

    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.write_all(request.as_bytes()).await.expect("writes");
    held.began().await;
    drop(stream);
    held.dropped().await;

    // A half-close is a close: a client that shuts down its side has left.
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.write_all(request.as_bytes()).await.expect("writes");
    held.began().await;
    stream.shutdown().await.expect("closes its side");
    held.dropped().await;
    assert_eq!(read_to_end(&mut stream).await, "");

    let client = AdderClient::connect(running.url("grpc"))
        .await
        .expect("connects");
    let call = tokio::spawn(async move { client.held(1).await });
    held.began().await;
    call.abort();
    held.dropped().await;
    still_serves(&running).await;
}

#[tokio::test]
async fn connections_over_the_limit_wait() {
    let mut limits = Limits::default();
    limits.connections = 1;
    let (running, held) = run(limits).await;
    let address = running.address();
    let first = tokio::spawn(async move { post(address, "/held", r#"{"a":1}"#).await });
    held.began().await;
    let second = tokio::spawn(async move { get(address, "/healthz").await });
    // The kernel has accepted the second connection; the server does not read
    // from it.
    let mut third = TcpStream::connect(address).await.expect("connects");
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .expect("writes");
    let mut byte = [0];
    let early = tokio::time::timeout(SHORT, third.read(&mut byte)).await;
    early.expect_err("no response while the first connection is open");
    assert!(!second.is_finished());
    held.release();
    assert_eq!(first.await.expect("does not panic"), (200, "1".to_owned()));
    assert_eq!(second.await.expect("does not panic").0, 200);
    assert!(read_to_end(&mut third).await.ends_with("ok\n"));
}

#[tokio::test]
async fn connections_reset_before_accept_do_not_stop_the_server() {
    let (running, _) = run(Limits::default()).await;
    // Connections that are reset immediately: some are gone before they are
    // accepted, which must not stop the server.
    for _ in 0..200 {
        let stream = TcpStream::connect(running.address())
            .await
            .expect("connects");
        stream.set_zero_linger().expect("a socket");
        drop(stream);
    }
    still_serves(&running).await;
}
