//! The service that the gRPC tests call, a server of it, and a plain HTTP/2
//! client.

#![allow(unreachable_pub, missing_docs)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use kit::{Context, Server, Status, Streaming};
use tokio::sync::{Notify, oneshot};

use crate::support::raw::soon;

/// A number in a stream.
#[derive(Clone, Debug, PartialEq, Eq, kit::Message)]
pub struct Number {
    /// Its value.
    pub(crate) n: i64,
}

/// The errors of the probe.
#[derive(Debug, thiserror::Error, kit::ServiceError)]
pub enum ProbeError {
    #[error("{what} must not be negative: {value} ✗")]
    #[status(out_of_range)]
    Negative { what: String, value: i64 },
    #[error(transparent)]
    Status(#[from] Status),
}

/// A method for each feature of gRPC.
#[kit::service(name = "test.v1.Probe")]
#[transport(grpc)]
pub trait Probe {
    /// Adds two numbers.
    async fn sum(&self, a: i64, b: i64) -> Result<i64, ProbeError>;
    /// Returns its argument.
    async fn blob(&self, data: Vec<u8>) -> Result<Vec<u8>, Status>;
    /// Counts from 0.
    async fn count(&self, upto: i64) -> Result<Streaming<Number>, Status>;
    /// Adds a stream of numbers.
    async fn total(&self, numbers: Streaming<Number>) -> Result<i64, Status>;
    /// Doubles each number of a stream; a negative one ends it.
    async fn double(&self, numbers: Streaming<Number>) -> Result<Streaming<Number>, Status>;
    /// Returns the names of the request metadata, and sends `x-*` back as
    /// headers and `y-*` as trailers.
    async fn meta(&self, cx: &Context) -> Result<Vec<String>, Status>;
    /// Never ends by itself.
    async fn hang(&self) -> Result<(), Status>;
    /// Streams one number and then never ends by itself.
    async fn trickle(&self) -> Result<Streaming<Number>, Status>;
    /// Panics.
    async fn panics(&self) -> Result<(), Status>;
    /// Streams one number and then panics.
    async fn panics_later(&self) -> Result<Streaming<Number>, Status>;
}

/// The service; its hanging methods notify when they begin and when they are
/// dropped.
#[derive(Clone, Debug, Default)]
pub struct Service {
    pub(crate) began: Arc<Notify>,
    pub(crate) dropped: Arc<Notify>,
    /// The number of streamed numbers.
    pub(crate) counted: Arc<AtomicI64>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[kit::service]
impl Probe for Service {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, ProbeError> {
        for (what, value) in [("a", a), ("b", b)] {
            if value < 0 {
                let what = what.to_owned();
                return Err(ProbeError::Negative { what, value });
            }
        }
        Ok(a + b)
    }

    async fn blob(&self, data: Vec<u8>) -> Result<Vec<u8>, Status> {
        Ok(data)
    }

    async fn count(&self, upto: i64) -> Result<Streaming<Number>, Status> {
        let counted = Arc::clone(&self.counted);
        Ok(Streaming::from_items((0..upto).map(move |n| {
            counted.fetch_add(1, Ordering::Relaxed);
            Number { n }
        })))
    }

    async fn total(&self, mut numbers: Streaming<Number>) -> Result<i64, Status> {
        let mut total = 0;
        while let Some(Number { n }) = numbers.message().await? {
            total += n;
        }
        Ok(total)
    }

    async fn double(&self, mut numbers: Streaming<Number>) -> Result<Streaming<Number>, Status> {
        let (sender, doubled) = Streaming::channel(1);
        tokio::spawn(async move {
            loop {
                let next = match numbers.message().await {
                    Ok(None) => return,
                    Ok(Some(Number { n })) if n < 0 => Err(Status::aborted("a negative number")),
                    Ok(Some(Number { n })) => Ok(Number { n: 2 * n }),
                    Err(status) => Err(status),
                };
                let last = next.is_err();
                if sender.send(next).await.is_err() || last {
                    return;
                }
            }
        });
        Ok(doubled)
    }

    async fn meta(&self, cx: &Context) -> Result<Vec<String>, Status> {
        cx.reply(|reply| {
            for (name, value) in cx.metadata().as_headers() {
                let to = match name.as_str().as_bytes() {
                    [b'x', b'-', ..] => &mut reply.headers,
                    [b'y', b'-', ..] => &mut reply.trailers,
                    _ => continue,
                };
                to.as_headers_mut().append(name, value.clone());
            }
        })
        .expect("a call has a reply");
        let mut names: Vec<String> = cx
            .metadata()
            .iter()
            .map(|(name, _)| name.to_owned())
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    async fn hang(&self) -> Result<(), Status> {
        let _guard = OnDrop(Arc::clone(&self.dropped));
        self.began.notify_one();
        std::future::pending().await
    }

    async fn trickle(&self) -> Result<Streaming<Number>, Status> {
        let (sender, numbers) = Streaming::channel(1);
        let (began, dropped) = (Arc::clone(&self.began), Arc::clone(&self.dropped));
        tokio::spawn(async move {
            let _guard = OnDrop(dropped);
            let _ = sender.send(Ok(Number { n: 1 })).await;
            began.notify_one();
            sender.closed().await;
        });
        Ok(numbers)
    }

    async fn panics(&self) -> Result<(), Status> {
        panic!("a secret")
    }

    async fn panics_later(&self) -> Result<Streaming<Number>, Status> {
        Ok(Streaming::from_items((0..2).map(|n| {
            assert_eq!(n, 0, "a secret");
            Number { n }
        })))
    }
}

/// A running server; it stops when dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Running {
    pub(crate) async fn start(server: Server) -> Self {
        let bound = server.bind("127.0.0.1:0").await.expect("binds");
        let address = bound.local_addr();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(bound.serve_until(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            _stop: stop,
        }
    }

    pub(crate) async fn probe() -> (Self, Service) {
        let service = Service::default();
        let server = Server::new().mount(ProbeServer::new(service.clone()));
        (Self::start(server).await, service)
    }

    pub(crate) fn url(&self) -> String {
        format!("grpc://{}", self.address)
    }

    pub(crate) async fn client(&self) -> ProbeClient {
        ProbeClient::connect(self.url()).await.expect("connects")
    }

    /// Checks that the server still serves calls.
    pub(crate) async fn still_serves(&self) {
        let sum = soon("a response", async {
            self.client().await.sum(1, 2).await.expect("sums")
        });
        assert_eq!(sum.await, 3);
    }
}

/// A response as received.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) http: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Response {
    /// `grpc-status` and `grpc-message`, from the trailers or, in a
    /// trailers-only response, the headers.
    pub(crate) fn status(&self) -> (u32, &str) {
        let from = self.trailers.as_ref().unwrap_or(&self.headers);
        let text = |name: &str| from.get(name).and_then(|value| value.to_str().ok());
        let number = text("grpc-status").expect("a status");
        (
            number.parse().expect("a number"),
            text("grpc-message").unwrap_or_default(),
        )
    }
}

/// A connection of plain HTTP/2.
pub(crate) struct Peer {
    pub(crate) send: h2::client::SendRequest<Bytes>,
    address: SocketAddr,
}

impl Peer {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("connects");
        let (send, connection) = h2::client::handshake(stream)
            .await
            .expect("the HTTP/2 handshake");
        tokio::spawn(connection);
        Self { send, address }
    }

    /// A request to a method of the probe, with gRPC headers.
    pub(crate) fn request(&self, path: &str) -> Request<()> {
        Request::post(format!("http://{}{path}", self.address))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .expect("a request")
    }

    /// Sends a whole request and reads the whole response.
    pub(crate) async fn exchange(&mut self, request: Request<()>, body: &[u8]) -> Response {
        let send = std::future::poll_fn(|task| self.send.poll_ready(task));
        send.await.expect("ready");
        let (response, mut out) = self
            .send
            .send_request(request, false)
            .expect("takes a request");
        out.send_data(Bytes::copy_from_slice(body), true)
            .expect("takes a body");
        soon("the response", read(response)).await
    }
}

/// Reads a response to its end.
pub(crate) async fn read(response: h2::client::ResponseFuture) -> Response {
    let (head, mut body) = response.await.expect("a response").into_parts();
    let mut data = BytesMut::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.expect("a chunk");
        let _ = body.flow_control().release_capacity(chunk.len());
        data.extend_from_slice(&chunk);
    }
    Response {
        http: head.status,
        headers: head.headers,
        body: data.freeze(),
        trailers: body.trailers().await.expect("an end"),
    }
}

/// A message with its gRPC prefix.
pub(crate) fn frame(flag: u8, message: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    out.put_u8(flag);
    out.put_u32(u32::try_from(message.len()).expect("fits"));
    out.put_slice(message);
    out.freeze()
}
