//! Bounded waiting, and HTTP requests without a client.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest wait, after which a test fails. Successful tests don't depend on
/// it.
const BOUND: Duration = Duration::from_secs(20);

/// Awaits a future within the bound.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future)
        .await
        .unwrap_or_else(|_| panic!("{what} did not happen within {BOUND:?}"))
}

/// The response to `GET path`, as text.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let exchange = async {
        stream.write_all(request.as_bytes()).await.expect("writes");
        let mut response = String::new();
        stream.read_to_string(&mut response).await.expect("text");
        response
    };
    soon("a response", exchange).await
}
