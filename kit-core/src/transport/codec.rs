//! The codec between a method's types and a transport.
//!
//! A transport reads and writes bytes; only the four functions of a [`Codec`]
//! know the types. They are function pointers, so that the rest of a transport
//! is compiled once and not once per method.

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
    /// A stream of protobuf messages.
    #[cfg(feature = "grpc")]
    Stream(Incoming),
    /// Never constructed: uses the lifetime where no other variant does.
    #[cfg(not(feature = "http"))]
    Nothing(std::convert::Infallible, std::marker::PhantomData<&'a ()>),
}

/// A response as a server sends it.
pub(crate) enum ResponseOut {
    /// The body of an HTTP response.
    #[cfg(feature = "http")]
    Json(bytes::Bytes),
    /// One protobuf message, in a frame whose prefix is not written yet.
    #[cfg(feature = "grpc")]
    Message(bytes::BytesMut),
    /// A stream of protobuf messages.
    #[cfg(feature = "grpc")]
    Stream(Outgoing),
}

/// A request as a client sends it.
pub(crate) enum RequestOut {
    /// The parts of an HTTP request.
    #[cfg(feature = "http")]
    Http(Output),
    /// One protobuf message, in a frame whose prefix is not written yet.
    #[cfg(feature = "grpc")]
    Message(bytes::BytesMut),
    /// A stream of protobuf messages.
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

/// A response as a client receives it.
pub(crate) enum ResponseIn {
    /// The body of an HTTP response.
    #[cfg(feature = "http")]
    Json(bytes::Bytes),
    /// One protobuf message.
    #[cfg(feature = "grpc")]
    Message(bytes::Bytes),
    /// A stream of protobuf messages.
    #[cfg(feature = "grpc")]
    Stream(Incoming),
}

/// Reads and writes the requests and responses of one method over one transport.
pub(crate) struct Codec<M: Method> {
    pub(crate) read_request: fn(RequestIn<'_>) -> Result<M::Request, Status>,
    pub(crate) write_response: fn(M::Response) -> Result<ResponseOut, Status>,
    pub(crate) write_request: fn(M::Request) -> Result<RequestOut, Status>,
    pub(crate) read_response: fn(ResponseIn) -> Result<M::Response, Status>,
}

impl<M: Method> Clone for Codec<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for Codec<M> {}

/// The failure of a codec that was passed a call of another transport: a bug of kit.
#[cold]
pub(crate) fn wrong_codec() -> Status {
    Status::internal("a call was passed to the codec of another transport")
}
