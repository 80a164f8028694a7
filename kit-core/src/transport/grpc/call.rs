//! One call on the server: its headers, its messages and its response. Nothing
//! here depends on the method's types.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, TE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response};
use tokio::time::Instant;

use super::compression::{self, Encoding};
use super::frame::{self, Compression, Deframer};
use super::headers_only::headers_only;
use super::messages::{Messages, Source as _, read_one};
use super::responses::Responses;
use super::status::{self, CONTENT_TYPE_GRPC, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_TIMEOUT};
use super::streams::{Incoming, Outgoing};
use super::timeout;
use crate::model::context::{AcceptedCall, Context, ReplyMetadata};
use crate::model::descriptor::MethodMeta;
use crate::model::metadata::Metadata;
use crate::model::status::Status;
use crate::policy::timeout::within;
use crate::transport::Connection;
use crate::transport::body::{RequestBody, ResponseBody};

/// A call in progress.
pub(super) struct Call {
    accepted: AcceptedCall,
    body: RequestBody,
    deframer: Deframer,
    meta: &'static MethodMeta,
    compression: Option<Compression>,
    /// Whether the caller has sent `grpc-accept-encoding`.
    advertise: bool,
    body_timeout: Duration,
}

impl Call {
    /// Reads the headers. The handler sees all of them as metadata, except
    /// those of gRPC itself.
    pub(super) fn accept(
        head: Parts,
        body: RequestBody,
        connection: &Connection,
        meta: &'static MethodMeta,
        compression: Option<Compression>,
    ) -> Result<Self, Status> {
        let mut headers = head.headers;
        let own = ProtocolHeaders::take(&mut headers)?;
        let compression = compression.filter(|compression| {
            let accepts = own.accepts.as_ref();
            accepts.is_some_and(|list| compression.encoding.is_in(list))
        });
        let metadata = Metadata::from(headers);
        let mut accepted = AcceptedCall::new(metadata, connection.peer().cloned(), head.extensions);
        if let Some(timeout) = own.timeout {
            accepted = accepted.with_timeout(timeout);
        }
        Ok(Self {
            accepted,
            body,
            deframer: Deframer::new(connection.limits().grpc.message, own.encoding),
            meta,
            compression,
            advertise: compression::ANY && own.accepts.is_some(),
            body_timeout: connection.limits().body_timeout,
        })
    }

    /// The context that the handler sees.
    pub(super) fn context(&self) -> &Context {
        self.accepted.context()
    }

    /// Reads the one message of a request that does not stream.
    pub(super) async fn read_one(&mut self) -> Result<Bytes, Status> {
        match poll_fn(|task| Poll::Ready(self.poll_whole(task))).await? {
            Some(message) => Ok(message),
            // Boxed, as it would enlarge the future of every call.
            None => Box::pin(self.wait_for_one()).await,
        }
    }

    /// The message, if the whole request has arrived in one chunk, as most do.
    fn poll_whole(&mut self, task: &mut TaskContext<'_>) -> Result<Option<Bytes>, Status> {
        let Poll::Ready(Some(chunk)) = self.body.poll_chunk(task) else {
            return Ok(None);
        };
        self.deframer.push(chunk?);
        if !self.body.is_end() {
            return Ok(None);
        }
        self.deframer.only()
    }

    async fn wait_for_one(&mut self) -> Result<Bytes, Status> {
        let mut read = pin!(read_one(&mut self.body, &mut self.deframer));
        // Only a request that has not arrived reads the clock.
        let first = poll_fn(|task| Poll::Ready(read.as_mut().poll(task))).await;
        let message = match first {
            Poll::Ready(message) => message,
            Poll::Pending => {
                let limit = Instant::now() + self.body_timeout;
                let deadline = self.accepted.context().deadline();
                let deadline = deadline.map_or(limit, |deadline| deadline.min(limit));
                within(Some(deadline), read)
                    .await
                    .unwrap_or_else(|_| Err(slow_request()))
            }
        };
        message?.ok_or_else(no_message)
    }

    /// The messages of a request that streams. Takes the body.
    pub(super) fn messages(&mut self) -> Incoming {
        let body = std::mem::replace(&mut self.body, RequestBody::empty());
        let deframer = std::mem::replace(&mut self.deframer, Deframer::new(0, None));
        let deadline = self.accepted.context().deadline();
        Box::pin(Messages::new(body, deframer, deadline))
    }

    /// Responds with one message.
    pub(super) fn respond(self, mut frame: BytesMut) -> Response<ResponseBody> {
        if let Err(status) = frame::seal(&mut frame, 0, self.compression.as_ref()) {
            return self.fail(status);
        }
        let message = frame.freeze();
        let Some(metadata) = self.accepted.take_reply() else {
            let body = ResponseBody::with_trailers_made(message, status::ok_trailers);
            return self.begin(body);
        };
        let mut trailers = status::ok_trailers();
        status::write_metadata(&metadata.trailers, &mut trailers);
        let mut response = self.begin(ResponseBody::with_trailers(message, trailers));
        status::write_metadata(&metadata.headers, response.headers_mut());
        response
    }

    /// Responds with a stream of messages.
    pub(super) fn respond_with_stream(self, items: Outgoing) -> Response<ResponseBody> {
        let mut response = self.begin(ResponseBody::empty());
        let metadata = self.accepted.take_reply();
        if let Some(metadata) = &metadata {
            status::write_metadata(&metadata.headers, response.headers_mut());
        }
        let body = Responses::new(items, self.accepted, metadata, self.meta, self.compression);
        *response.body_mut() = ResponseBody::boxed(body);
        response
    }

    /// Responds with a failure: headers alone, unless there is metadata to send
    /// before it.
    #[cold]
    pub(super) fn fail(self, status: Status) -> Response<ResponseBody> {
        let ReplyMetadata { headers, trailers } = self.accepted.take_reply().unwrap_or_default();
        if headers.is_empty() {
            let mut response = headers_only(&status, self.meta.service);
            status::write_metadata(&trailers, response.headers_mut());
            return response;
        }
        let mut last = HeaderMap::with_capacity(4);
        status::write_metadata(&trailers, &mut last);
        status::write(&status, self.meta.service, &mut last);
        let mut response = self.begin(ResponseBody::with_trailers(Bytes::new(), last));
        status::write_metadata(&headers, response.headers_mut());
        response
    }

    /// A response with a body, and the headers that describe the form of its
    /// messages.
    fn begin(&self, body: ResponseBody) -> Response<ResponseBody> {
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, CONTENT_TYPE_GRPC);
        if let Some(compression) = &self.compression {
            let name = HeaderValue::from_static(compression.encoding.name());
            headers.insert(GRPC_ENCODING, name);
        }
        if self.advertise {
            headers.insert(GRPC_ACCEPT_ENCODING, compression::accepted());
        }
        response
    }
}

/// The headers of gRPC itself.
#[derive(Default)]
struct ProtocolHeaders {
    timeout: Option<Duration>,
    encoding: Option<Encoding>,
    accepts: Option<HeaderValue>,
}

impl ProtocolHeaders {
    /// Removes them from the headers. The content type is removed earlier.
    fn take(headers: &mut HeaderMap) -> Result<Self, Status> {
        headers.remove(TE);
        // Most calls have none: this is one pass over the names, where each
        // lookup would hash the name.
        if !headers
            .keys()
            .any(|name| name.as_str().starts_with("grpc-"))
        {
            return Ok(Self::default());
        }
        let timeout = headers.remove(GRPC_TIMEOUT);
        let encoding = headers.remove(GRPC_ENCODING);
        Ok(Self {
            timeout: timeout.as_ref().map(read_timeout).transpose()?,
            encoding: match encoding {
                Some(name) => Encoding::parse(&name)?,
                None => None,
            },
            accepts: headers.remove(GRPC_ACCEPT_ENCODING),
        })
    }
}

fn read_timeout(value: &HeaderValue) -> Result<Duration, Status> {
    timeout::parse(value.as_bytes()).ok_or_else(|| {
        Status::internal(format!(
            "`grpc-timeout` is `{}`: expected at most 8 digits and one of H, M, S, m, u, n",
            value.as_bytes().escape_ascii()
        ))
    })
}

#[cold]
fn slow_request() -> Status {
    Status::deadline_exceeded("the request did not arrive in time")
}

#[cold]
fn no_message() -> Status {
    Status::unimplemented(
        "expected one message, got none: the method does not stream in this direction",
    )
}
