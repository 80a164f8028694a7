//! Raw bytes to and from a server, without an HTTP library that could normalise
//! them.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use kit::Context;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Long enough for a busy machine; a test that exceeds it has failed.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// Waits for an event that must happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future)
        .await
        .unwrap_or_else(|_| panic!("{what} did not happen within {BOUND:?}"))
}

/// Makes a call with a deadline, and doubles it while `call` returns `None`: on
/// a busy machine it had not progressed far enough by then.
pub(crate) async fn with_a_deadline<T>(call: impl AsyncFn(Context) -> Option<T>) -> T {
    let mut limit = Duration::from_millis(200);
    while limit < BOUND {
        if let Some(result) = call(Context::new().with_timeout(limit)).await {
            return result;
        }
        limit *= 2;
    }
    panic!("{limit:?} are not enough for a call to begin");
}

/// Whether there is a pending notification.
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
    // sent before has arrived.
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

/// The status and the body of a response.
pub(crate) fn split(response: &str) -> (u16, String) {
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("`{response}` has no status"));
    let body = response.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}
