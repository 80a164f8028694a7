//! A client's channel over gRPC.
//!
//! It uses h2 directly: a call passes its frames to the connection and reads
//! its response in the caller's task, with no task and no queue between. Only a
//! stream of requests has a task of its own, as it must be sent while its
//! caller waits for the response.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use h2::RecvStream;
use h2::client::ResponseFuture;
use http::header::{CONTENT_TYPE, TE, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method as HttpMethod, Request, Response, StatusCode, Uri};

use super::address;
use super::batches::Batches;
use super::compression::{self, Encoding};
use super::connection::{Connected, Connector};
use super::frame::{self, Compression, Deframer};
use super::messages::{Messages, Source as _, read_one};
use super::options::GrpcOptions;
use super::requests::{Requests, Responses};
use super::status::{self, CONTENT_TYPE_GRPC, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_TIMEOUT};
use super::streams::{Incoming, Outgoing};
use super::timeout;
use crate::model::context::Context;
use crate::model::descriptor::{MethodMeta, Shape};
use crate::model::metadata::PREVIOUS_ATTEMPTS;
use crate::model::status::Status;
#[cfg(feature = "http")]
use crate::transport::codec::wrong_codec;
use crate::transport::codec::{RequestOut, ResponseIn};

const AGENT: HeaderValue = HeaderValue::from_static(concat!("kit/", env!("CARGO_PKG_VERSION")));
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");

/// The most times that a call is resent after the peer reported that it did not
/// process it.
const RESENDS: usize = 2;

/// A channel to one gRPC service; clones share its connection.
///
/// The connection is opened when first needed, and again after it is lost. A
/// call that a peer rejected without processing it (it is shutting down, or
/// the connection was closed while idle) is sent again over a new one; any
/// other is not, as it may have had an effect.
#[derive(Clone, Debug)]
pub struct GrpcChannel(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    authority: Authority,
    connector: Arc<Connector>,
}

impl GrpcChannel {
    /// Connects to a URL like `grpc://host:port`, with default options.
    ///
    /// # Errors
    /// `invalid_argument`: the URL is invalid. `unavailable`: the peer can't be
    /// reached.
    pub async fn connect(url: &str) -> Result<Self, Status> {
        Self::connect_with(url, GrpcOptions::default()).await
    }

    /// Connects to a URL with options.
    ///
    /// # Errors
    /// As for [`GrpcChannel::connect`].
    pub async fn connect_with(url: &str, options: GrpcOptions) -> Result<Self, Status> {
        let channel = Self::lazy(url, options)?;
        channel.0.connector.connected().await?;
        Ok(channel)
    }

    /// Creates a channel that connects with its first call.
    ///
    /// # Errors
    /// `invalid_argument`: the URL is invalid.
    pub fn lazy(url: &str, options: GrpcOptions) -> Result<Self, Status> {
        let (authority, port) = address::parse(url)?;
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let connector = Arc::new(Connector::new(host.to_owned(), port, options));
        Ok(Self(Arc::new(Inner {
            authority,
            connector,
        })))
    }

    /// Sends a request and receives the response of a call that succeeded.
    pub(crate) async fn exchange(
        &self,
        meta: &'static MethodMeta,
        cx: &Context,
        request: RequestOut,
    ) -> Result<ResponseIn, Status> {
        if matches!(meta.shape, Shape::ServerStreaming | Shape::Bidirectional) {
            let messages = self.0.streaming(cx, meta, request).await?;
            return Ok(ResponseIn::Stream(messages));
        }
        self.0
            .unary(cx, meta, request)
            .await
            .map(ResponseIn::Message)
    }
}

impl Inner {
    /// A call with one response.
    async fn unary(
        &self,
        cx: &Context,
        meta: &'static MethodMeta,
        request: RequestOut,
    ) -> Result<Bytes, Status> {
        let (mut responses, mut deframer) = self.exchange(cx, meta, request).await?;
        let message = match read_one(&mut responses, &mut deframer).await {
            Ok(message) => message,
            Err(status) => return Err(responses.cause(status)),
        };
        // A failure's status follows the messages.
        poll_fn(|task| responses.poll_end(task)).await?;
        message.ok_or_else(no_message)
    }

    /// A call with a stream of responses.
    async fn streaming(
        &self,
        cx: &Context,
        meta: &'static MethodMeta,
        request: RequestOut,
    ) -> Result<Incoming, Status> {
        let (responses, deframer) = self.exchange(cx, meta, request).await?;
        Ok(Box::pin(Messages::new(responses, deframer, cx.deadline())))
    }

    /// Sends a request and reads the headers of its response.
    async fn exchange(
        &self,
        cx: &Context,
        meta: &'static MethodMeta,
        request: RequestOut,
    ) -> Result<(Responses, Deframer), Status> {
        let (response, requests) = match request {
            RequestOut::Message(frame) => (self.send_message(cx, meta, frame).await?, None),
            RequestOut::Stream(items) => {
                let (response, mut requests) = self.send_stream(cx, meta, items).await?;
                let response = response
                    .await
                    .map_err(|error| requests.cause(status::from_h2(error)))?;
                (response, Some(requests))
            }
            #[cfg(feature = "http")]
            RequestOut::Http(_) => return Err(wrong_codec()),
        };
        self.read_head(cx, meta, response, requests)
    }

    async fn send_message(
        &self,
        cx: &Context,
        meta: &'static MethodMeta,
        mut frame: BytesMut,
    ) -> Result<Response<RecvStream>, Status> {
        frame::seal(&mut frame, 0, self.compression().as_ref())?;
        let frame = frame.freeze();
        let mut sent = 0;
        loop {
            let mut connected = self.ready().await?;
            let head = self.head(cx, meta);
            let outcome = async {
                let (response, mut body) = connected.send.send_request(head, false)?;
                body.send_data(frame.clone(), true)?;
                response.await
            };
            match outcome.await {
                Ok(response) => return Ok(response),
                Err(error) if sent < RESENDS && is_unprocessed(&error) => {
                    if error.is_go_away() {
                        connected.close();
                    }
                    sent += 1;
                }
                Err(error) => return Err(status::from_h2(error)),
            }
        }
    }

    async fn send_stream(
        &self,
        cx: &Context,
        meta: &'static MethodMeta,
        items: Outgoing,
    ) -> Result<(ResponseFuture, Requests), Status> {
        let mut connected = self.ready().await?;
        let head = self.head(cx, meta);
        let (response, body) = connected
            .send
            .send_request(head, false)
            .map_err(status::from_h2)?;
        let batches = Batches::new(items, meta, self.compression());
        let requests = Requests::start(cx, batches, body);
        Ok((response, requests))
    }

    /// A connection that accepts a new stream now.
    async fn ready(&self) -> Result<Connected, Status> {
        let mut attempts = 0;
        loop {
            let mut connected = self.connector.connected().await?;
            match poll_fn(|task| connected.send.poll_ready(task)).await {
                Ok(()) => return Ok(connected),
                Err(error) => {
                    // It was closed since its last use.
                    connected.close();
                    attempts += 1;
                    if attempts > RESENDS {
                        return Err(status::from_h2(error));
                    }
                }
            }
        }
    }

    fn head(&self, cx: &Context, meta: &'static MethodMeta) -> Request<()> {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = Some(PathAndQuery::from_static(meta.grpc_path));
        let mut headers = HeaderMap::with_capacity(8);
        if let Some(metadata) = cx.outgoing() {
            status::write_metadata(metadata, &mut headers);
        }
        headers.insert(CONTENT_TYPE, CONTENT_TYPE_GRPC);
        headers.insert(TE, TRAILERS);
        headers.entry(USER_AGENT).or_insert(AGENT);
        if let Some(remaining) = cx.remaining() {
            headers.insert(GRPC_TIMEOUT, timeout::format(remaining));
        }
        if let attempts @ 1.. = cx.previous_attempts() {
            headers.insert(PREVIOUS_ATTEMPTS, HeaderValue::from(attempts));
        }
        if compression::ANY {
            headers.insert(GRPC_ACCEPT_ENCODING, compression::accepted());
        }
        if let Some(encoding) = self.options().compression {
            headers.insert(GRPC_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        let mut head = Request::new(());
        *head.method_mut() = HttpMethod::POST;
        // The parts are valid and the URI is absolute.
        *head.uri_mut() = Uri::from_parts(uri).unwrap_or_default();
        *head.headers_mut() = headers;
        head
    }

    fn read_head(
        &self,
        cx: &Context,
        meta: &'static MethodMeta,
        response: Response<RecvStream>,
        requests: Option<Requests>,
    ) -> Result<(Responses, Deframer), Status> {
        let (head, body) = response.into_parts();
        let received = cx.response_metadata();
        let end = status::read(&head.headers, meta.service);
        if let Some(Err(failure)) = end {
            // Headers only: they take the place of the trailers.
            if let Some(received) = received {
                received.set_trailers(status::received_metadata(head.headers));
            }
            return Err(failure);
        }
        if head.status != StatusCode::OK {
            return Err(status::from_http(head.status));
        }
        let content_type = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if !content_type.is_some_and(|value| value.starts_with(b"application/grpc")) {
            return Err(not_grpc(content_type.unwrap_or_default()));
        }
        let encoding = match head.headers.get(GRPC_ENCODING) {
            Some(name) => Encoding::parse(name).map_err(|_| unknown_encoding(name))?,
            None => None,
        };
        if let Some(received) = received {
            received.set_headers(status::received_metadata(head.headers));
        }
        let responses = Responses::new(meta, body, end.is_some(), received.cloned(), requests);
        Ok((responses, Deframer::new(self.options().message, encoding)))
    }

    fn options(&self) -> &GrpcOptions {
        self.connector.options()
    }

    fn compression(&self) -> Option<Compression> {
        let options = self.options();
        options.compression.map(|encoding| Compression {
            encoding,
            min_bytes: options.compression_min,
        })
    }
}

/// Whether the peer reports that it has not processed the call.
fn is_unprocessed(error: &h2::Error) -> bool {
    let rejected = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    let shutting_down = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    error.is_remote() && (rejected || shutting_down)
}

#[cold]
pub(crate) fn no_binding(meta: &MethodMeta) -> Status {
    Status::unimplemented(format!(
        "method `{}` of `{}` is not served over gRPC",
        meta.name, meta.service
    ))
}

#[cold]
fn no_message() -> Status {
    Status::unimplemented("expected one response, got none")
}

#[cold]
fn not_grpc(content_type: &[u8]) -> Status {
    Status::unknown(format!(
        "the response's content type is `{}`, not application/grpc",
        content_type.escape_ascii()
    ))
}

#[cold]
fn unknown_encoding(name: &HeaderValue) -> Status {
    Status::internal(format!(
        "the response's encoding `{}` is not one of those accepted: {}",
        name.as_bytes().escape_ascii(),
        compression::ACCEPTED
    ))
}
