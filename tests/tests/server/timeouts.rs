//! Peers that are slow or idle: each connection is closed at its limit, and the
//! next one is served.

use std::net::SocketAddr;

use kit::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::raw::{exchange, post, read_to_end, soon, split};

use super::fixtures::{
    GOAWAY, NO_ERROR, PREFACE, SETTINGS, SHORT, frames_until_close, run, still_serves,
};

/// Sends bytes, keeps the connection open, and expects the server to close it
/// without a response.
async fn closes_without_response(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(bytes).await.expect("writes");
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn a_slow_head_is_dropped_at_the_header_timeout() {
    let mut limits = Limits::default();
    limits.header_timeout = SHORT;
    let (running, _) = run(limits).await;
    let slow: [&[u8]; 5] = [
        b"",
        b"G",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n",
        b"PRI * HTTP/2.0\r\n",
        b"POST /sum HTTP/1.1\r\nhost: x\r\nx-slow: ",
    ];
    for bytes in slow {
        closes_without_response(running.address(), bytes).await;
    }
    still_serves(&running).await;
}

#[tokio::test]
async fn a_trickled_head_is_dropped_at_the_header_timeout() {
    let mut limits = Limits::default();
    limits.header_timeout = SHORT;
    let (running, _) = run(limits).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream
        .write_all(b"GET / HTTP/1.1\r\n")
        .await
        .expect("writes");
    let mut byte = [0];
    let closed = soon("the close", async {
        loop {
            tokio::select! {
                read = stream.read(&mut byte) => break read,
                () = tokio::time::sleep(SHORT / 10) => {}
            }
            if stream.write_all(b"a").await.is_err() {
                break Ok(0);
            }
        }
    });
    assert_eq!(closed.await.unwrap_or(0), 0);
    still_serves(&running).await;
}

#[tokio::test]
async fn a_slow_second_head_is_dropped_at_the_header_timeout() {
    let mut limits = Limits::default();
    limits.header_timeout = SHORT;
    let (running, _) = run(limits).await;
    let first = async || {
        let mut stream = TcpStream::connect(running.address())
            .await
            .expect("connects");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .expect("writes");
        let mut answered = Vec::new();
        while !answered.ends_with(b"ok\n") {
            if stream.read_buf(&mut answered).await.unwrap_or(0) == 0 {
                assert_eq!(answered, b"", "half a response");
                return None;
            }
        }
        Some(stream)
    };
    let mut stream = soon("a response", async {
        loop {
            // Even the first head may be too slow on a busy machine.
            if let Some(stream) = first().await {
                return stream;
            }
        }
    })
    .await;
    stream.write_all(b"GET /heal").await.expect("writes");
    assert_eq!(read_to_end(&mut stream).await, "");
    still_serves(&running).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let mut limits = Limits::default();
    limits.idle_timeout = SHORT;
    // Time for a peer that does not answer the GOAWAY.
    limits.http2.keep_alive_timeout = SHORT;
    let (running, held) = run(limits).await;
    let response = exchange(
        running.address(),
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
    )
    .await;
    assert_eq!(split(&response), (200, "ok\n".to_owned()));

    let mut http2 = TcpStream::connect(running.address())
        .await
        .expect("connects");
    http2
        .write_all(&[PREFACE, SETTINGS].concat())
        .await
        .expect("writes");
    let frames = frames_until_close(&mut http2).await;
    let goaway = frames.iter().find(|frame| frame.kind == GOAWAY);
    assert_eq!(goaway.expect("a GOAWAY frame").error_code(), NO_ERROR);

    let address = running.address();
    let call = tokio::spawn(async move { post(address, "/held", r#"{"a":1}"#).await });
    held.began().await;
    // An idle connection that opens after the call and closes before its end
    // shows that the limit has passed meanwhile.
    exchange(address, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    held.release();
    assert_eq!(call.await.expect("does not panic"), (200, "1".to_owned()));
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_dropped_at_the_write_timeout() {
    let mut limits = Limits::default();
    limits.write_timeout = SHORT;
    let (running, _) = run(limits).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    let requests = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    // Nothing is read, so that the server can't write in the end, stops
    // reading, and blocks this loop until it closes the connection.
    let refused = async {
        loop {
            if let Err(error) = stream.write_all(&requests).await {
                break error;
            }
        }
    };
    let error = soon("the close", refused).await;
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    assert!(
        matches!(error.kind(), BrokenPipe | ConnectionReset),
        "{error}"
    );
    still_serves(&running).await;
}

#[tokio::test]
async fn a_request_in_single_bytes_is_answered() {
    let (running, _) = run(Limits::default()).await;
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.set_nodelay(true).expect("a socket");
    for byte in b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).await.expect("writes");
        tokio::task::yield_now().await;
    }
    let response = split(&read_to_end(&mut stream).await);
    assert_eq!(response, (200, "ok\n".to_owned()));
}
