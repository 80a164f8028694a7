//! What crosses the line between a method's types and a transport.
//!
//! A transport reads and writes bytes; only these four functions know the
//! types that they stand for. They are pointers, so that all else of a
//! transport is compiled once and not once a method.

use crate::model::method::Method;
use crate::model::status::Status;

#[cfg(feature = "grpc")]
use crate::transport::grpc::{Incoming, Outgoing};
#[cfg(feature = "http")]
use crate::transport::http::{Input, Output};

/// A request as a server receives it.
pub(crate) enum RequestIn<'a> {
    /// The parts of an HTTP request.
    #[cfg(feature = "http")]
    Http(&'a Input<'a>),
    /// One protobuf message.
    #[cfg(feature = "grpc")]
    Message(bytes::Bytes),
    /// Any number of them.
    #[cfg(feature = "grpc")]
    Stream(Incoming),
    /// Nothing else borrows.
    #[cfg(not(feature = "http"))]
    Nothing(std::convert::Infallible, std::marker::PhantomData<&'a ()>),
}

/// A reply as a server sends it.
pub(crate) enum ReplyOut {
    /// The body of an HTTP response.
    #[cfg(feature = "http")]
    Json(bytes::Bytes),
    /// One protobuf message, in a frame that is not sealed.
    #[cfg(feature = "grpc")]
    Message(bytes::BytesMut),
    /// Any number of them.
    #[cfg(feature = "grpc")]
    Stream(Outgoing),
}

/// A request as a client sends it.
pub(crate) enum RequestOut {
    /// The parts of an HTTP request.
    #[cfg(feature = "http")]
    Http(Output),
    /// One protobuf message, in a frame that is not sealed.
    #[cfg(feature = "grpc")]
    Message(bytes::BytesMut),
    /// Any number of them.
    #[cfg(feature = "grpc")]
    Stream(Outgoing),
}

#[cfg(feature = "http")]
impl RequestOut {
    pub(crate) fn into_http(self) -> Result<Output, Status> {
        match self {
            Self::Http(output) => Ok(output),
            #[cfg(feature = "grpc")]
            _ => Err(wrong_codec()),
        }
    }
}

/// A reply as a client receives it.
pub(crate) enum ReplyIn {
    /// The body of an HTTP response.
    #[cfg(feature = "http")]
    Json(bytes::Bytes),
    /// One protobuf message.
    #[cfg(feature = "grpc")]
    Message(bytes::Bytes),
    /// Any number of them.
    #[cfg(feature = "grpc")]
    Stream(Incoming),
}

/// How the requests and replies of one method travel over one transport.
pub(crate) struct Codec<M: Method> {
    pub(crate) read_request: fn(RequestIn<'_>) -> Result<M::Request, Status>,
    pub(crate) write_reply: fn(M::Response) -> Result<ReplyOut, Status>,
    pub(crate) write_request: fn(M::Request) -> Result<RequestOut, Status>,
    pub(crate) read_reply: fn(ReplyIn) -> Result<M::Response, Status>,
}

impl<M: Method> Clone for Codec<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for Codec<M> {}

/// A codec was handed what another transport carries: a bug of kit.
#[cold]
pub(crate) fn wrong_codec() -> Status {
    Status::internal("a call met the codec of another transport")
}
