//! Bytes to and from a server, with nothing between that could tidy them.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use kit::Context;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Long enough for a busy machine; a test that waits for it has failed.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// Waits for what must come.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future)
        .await
        .unwrap_or_else(|_| panic!("{what} did not happen within {BOUND:?}"))
}

/// Makes a call with a deadline, and with a later one where `call` says, by
/// `None`, that it had not come far enough by then on a busy machine.
pub(crate) async fn with_a_deadline<T>(call: impl AsyncFn(Context) -> Option<T>) -> T {
    let mut limit = Duration::from_millis(200);
    while limit < BOUND {
        if let Some(told) = call(Context::new().with_timeout(limit)).await {
            return told;
        }
        limit *= 2;
    }
    panic!("{limit:?} are not enough for a call to begin");
}

/// Whether it was notified before.
pub(crate) fn was_notified(notify: &Notify) -> bool {
    pin!(notify.notified()).enable()
}

/// Sends bytes and reads until the server closes.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(bytes).await.expect("writes");
    read_to_end(&mut stream).await
}

/// Reads until the server closes.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    // A server that closes with bytes unread resets the connection; what it
    // answered before has arrived.
    let _ = soon("the close", stream.read_to_end(&mut read)).await;
    String::from_utf8_lossy(&read).into_owned()
}

/// `GET path`, on a connection of its own: the status and the body.
pub(crate) async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    split(&exchange(address, request.as_bytes()).await)
}

/// `POST path` with JSON, on a connection of its own: the status and the body.
pub(crate) async fn post(address: SocketAddr, path: &str, json: &str) -> (u16, String) {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
        json.len()
    );
    split(&exchange(address, request.as_bytes()).await)
}

/// The status and the body of an answer.
pub(crate) fn split(answer: &str) -> (u16, String) {
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("`{answer}` has no status"));
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}
