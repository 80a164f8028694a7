//! The connection of a channel: opened when first needed and reopened after it
//! is lost, by one task however many calls wait for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use h2::{Ping, PingPong};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::options::GrpcOptions;
use crate::model::status::Status;

/// The address of a channel, and its connection.
pub(super) struct Connector {
    host: String,
    port: u16,
    options: GrpcOptions,
    state: Mutex<State>,
}

enum State {
    Idle,
    Connecting(watch::Receiver<Option<Result<Connected, Status>>>),
    Connected(Connected),
}

/// A live connection; clones share it.
#[derive(Clone)]
pub(super) struct Connected {
    pub(super) send: SendRequest<Bytes>,
    closed: Arc<AtomicBool>,
}

impl Connector {
    pub(super) fn new(host: String, port: u16, options: GrpcOptions) -> Self {
        Self {
            host,
            port,
            options,
            state: Mutex::new(State::Idle),
        }
    }

    pub(super) fn options(&self) -> &GrpcOptions {
        &self.options
    }

    /// A connection that is not known to be closed.
    pub(super) async fn connected(self: &Arc<Self>) -> Result<Connected, Status> {
        let mut connecting = {
            let mut state = self.lock();
            match &*state {
                State::Connected(connected) if !connected.is_closed() => {
                    return Ok(connected.clone());
                }
                // Without its sender, the task ended with its runtime.
                State::Connecting(connecting) if connecting.has_changed().is_ok() => {
                    connecting.clone()
                }
                _ => {
                    let connecting = Arc::clone(self).connect();
                    *state = State::Connecting(connecting.clone());
                    connecting
                }
            }
        };
        let outcome = connecting.wait_for(Option::is_some).await;
        match outcome.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            // Only a runtime that ends drops the task before it is done.
            Ok(None) | Err(_) => Err(Status::unavailable(format!(
                "could not connect to {}: the runtime is shutting down",
                self.address()
            ))),
        }
    }

    /// Connects in a task of its own, so that a caller that gives up does not
    /// stop it for the others.
    fn connect(self: Arc<Self>) -> watch::Receiver<Option<Result<Connected, Status>>> {
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(async move {
            let connected = dial(&self.host, self.port, &self.options).await;
            let outcome = connected.map_err(|error| self.unreachable(error));
            *self.lock() = match &outcome {
                Ok(connected) => State::Connected(connected.clone()),
                Err(_) => State::Idle,
            };
            sender.send_replace(Some(outcome));
        });
        receiver
    }

    fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    #[cold]
    fn unreachable(&self, error: io::Error) -> Status {
        Status::unavailable(format!("could not connect to {}: {error}", self.address()))
            .with_source(error)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcChannel")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl Connected {
    /// Marks the connection as closed: no new call uses it.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

async fn dial(host: &str, port: u16, options: &GrpcOptions) -> io::Result<Connected> {
    let connecting = async {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        // Finds a peer that vanished silently, without HTTP/2 pings.
        let probes = TcpKeepalive::new()
            .with_time(Duration::from_secs(30))
            .with_interval(Duration::from_secs(10));
        SockRef::from(&stream).set_tcp_keepalive(&probes)?;
        builder(options)
            .handshake(stream)
            .await
            .map_err(io::Error::other)
    };
    let (send, mut connection) = timeout(options.connect_timeout, connecting)
        .await
        .map_err(|_| {
            let what = format!("no response within {:?}", options.connect_timeout);
            io::Error::new(io::ErrorKind::TimedOut, what)
        })??;
    let closed = Arc::new(AtomicBool::new(false));
    let ping = connection.ping_pong();
    let (interval, timeout) = (options.keep_alive_interval, options.keep_alive_timeout);
    let guard = CloseOnDrop(Arc::clone(&closed));
    tokio::spawn(async move {
        let _guard = guard;
        tokio::select! {
            outcome = connection => if let Err(error) = outcome {
                tracing::debug!(target: "kit::grpc", %error, "a gRPC connection broke");
            },
            () = ping_timeout(ping, interval, timeout) => {
                tracing::debug!(target: "kit::grpc", "closing a gRPC connection: no response to a ping");
            }
        }
    });
    Ok(Connected { send, closed })
}

fn builder(options: &GrpcOptions) -> Builder {
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        .initial_window_size(options.stream_window)
        .initial_connection_window_size(options.connection_window)
        .max_header_list_size(options.header_list)
        .max_send_buffer_size(options.send_buffer)
        // Until the server's settings arrive: their most common value.
        .initial_max_send_streams(100)
        .max_concurrent_reset_streams(64)
        .max_local_error_reset_streams(Some(1024))
        // Many servers send each small message in a frame of its own; they
        // queue here, within the window, for a slow reader.
        .data_frame_budget(16 << 20)
        .max_pending_accept_reset_streams(20);
    builder
}

/// Completes when a ping gets no response in time; never if none are sent.
async fn ping_timeout(ping: Option<PingPong>, interval: Option<Duration>, limit: Duration) {
    let (Some(mut ping), Some(interval)) = (ping, interval) else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(interval).await;
        match timeout(limit, ping.ping(Ping::opaque())).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Marks a connection as closed when its task ends in any way.
struct CloseOnDrop(Arc<AtomicBool>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
