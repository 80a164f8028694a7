//! Servers under test, and the frames that they send.

use std::time::Duration;

use kit::server::{Bound, Drained, ServeError};
use kit::testing::{self, Running};
use kit::{Limits, Server};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::adder::{AdderServer, Held};
use crate::support::raw::{exchange, soon, split};

pub(super) const SHORT: Duration = Duration::from_millis(50);
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(super) const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
pub(super) const GOAWAY: u8 = 7;
pub(super) const NO_ERROR: u32 = 0;
pub(super) const JSON: &str = "content-type: application/json\r\n";

pub(super) async fn run(limits: Limits) -> (Running, Held) {
    let held = Held::default();
    let server = Server::new()
        .mount(AdderServer::new(held.clone()))
        .limits(limits);
    (testing::serve(server).await, held)
}

/// Checks that the server serves the next connection. A connection that a busy
/// machine did not use within the limits is closed without a response, and
/// another one is opened.
pub(super) async fn still_serves(running: &Running) {
    let body = r#"{"a":1,"b":2}"#;
    let request = format!(
        "POST /sum HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{JSON}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let served = async {
        loop {
            let response = exchange(running.address(), request.as_bytes()).await;
            if !response.is_empty() {
                return response;
            }
        }
    };
    let response = soon("a response", served).await;
    assert_eq!(split(&response), (200, "3".to_owned()));
}

/// A received HTTP/2 frame.
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// The error code of a GOAWAY.
    pub(super) fn error_code(&self) -> u32 {
        u32::from_be_bytes(self.payload[4..8].try_into().expect("four bytes"))
    }
}

/// Reads frames until the server closes, or closes its side after a GOAWAY.
pub(super) async fn frames_until_close(stream: &mut TcpStream) -> Vec<Frame> {
    let mut bytes = Vec::new();
    let _ = soon("the close", stream.read_to_end(&mut bytes)).await;
    let mut rest = &bytes[..];
    let mut frames = Vec::new();
    while let Some((head, after)) = rest.split_at_checked(9) {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let Some((payload, after)) = after.split_at_checked(length) else {
            break;
        };
        frames.push(Frame {
            kind: head[3],
            payload: payload.to_vec(),
        });
        rest = after;
    }
    frames
}

/// A running server that can be stopped.
pub(super) struct Stoppable {
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<Drained, ServeError>>,
}

impl Stoppable {
    pub(super) fn run<A: Clone + Send + 'static>(bound: Bound<A>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(bound.serve_until(async {
            let _ = stopped.await;
        }));
        Self { stop, served }
    }

    /// Starts the shutdown, without waiting for its end.
    pub(super) fn stop(self) -> JoinHandle<Result<Drained, ServeError>> {
        drop(self.stop);
        self.served
    }
}

pub(super) async fn ended(served: JoinHandle<Result<Drained, ServeError>>) -> Drained {
    soon("the end", served)
        .await
        .expect("does not panic")
        .expect("serves")
}
