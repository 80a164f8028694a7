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

/// The server answers the next connection as if nothing had been. One that a
/// busy machine opened and did not get to use in a limit's time is closed with
/// nothing said, and another is made.
pub(super) async fn still_serves(running: &Running) {
    let body = r#"{"a":1,"b":2}"#;
    let request = format!(
        "POST /sum HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{JSON}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let served = async {
        loop {
            let answer = exchange(running.address(), request.as_bytes()).await;
            if !answer.is_empty() {
                return answer;
            }
        }
    };
    let answer = soon("an answer", served).await;
    assert_eq!(split(&answer), (200, "3".to_owned()));
}

/// An HTTP/2 frame as it came.
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

/// A server that can be told to stop.
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

    /// Asks it to stop, and does not wait.
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
