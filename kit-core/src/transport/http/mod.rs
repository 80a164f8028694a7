//! HTTP/JSON.
//!
//! A method's [`HttpBinding`] holds what depends on the types of its
//! arguments and its reply: function pointers. All else, on both sides,
//! is compiled once: routing, negotiation and limits on the server, pooling
//! and problem documents on the client.
//!
//! # How a request is read
//!
//! | argument | from | as |
//! |---|---|---|
//! | in the path | its segment, percent-decoded | text |
//! | in the query | the keys of its name, percent-decoded, `+` a space | text |
//! | in a header | the headers of that name | text |
//! | a member | its member of the JSON object that is the body | JSON |
//! | the body | the whole body | JSON |
//!
//! Text is read by the argument's type: `7` is a number to an `i64` and a
//! string to a `String`. A list takes each value of a name. `None` is what is
//! not there. Members that no argument is named after are ignored, so that a
//! newer client can talk to an older server; a member that is there twice is
//! an error, since two readers could see two different calls.
//!
//! # Deadlines
//!
//! A caller's deadline travels as `connect-timeout-ms`, in milliseconds from
//! the moment the request was sent: the header of the Connect protocol, which
//! proxies and clients know already.

mod arguments;
mod client;
mod decode;
mod encode;
mod media;
mod path;
mod percent;
mod problem;
mod quota;
mod request_headers;
mod router;
mod scratch;
mod server;
mod whole;

pub use arguments::{HttpArgument, HttpArguments};
pub use client::{HttpChannel, HttpChannelBuilder};
pub use router::Router;

pub(crate) use decode::Input;
pub(crate) use encode::Output;
pub(crate) use server::not_found;

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::descriptor::MethodMeta;
use crate::model::method::Method;
use crate::model::status::Status;
use crate::transport::Remote;
#[cfg(feature = "grpc")]
use crate::transport::codec::wrong_codec;
use crate::transport::codec::{Codec, ReplyIn, ReplyOut, RequestIn, RequestOut};

/// The caller's time-out, in milliseconds.
static TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");
static JSON: HeaderValue = HeaderValue::from_static("application/json");
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The codecs of one method over HTTP/JSON.
pub struct HttpBinding<M: Remote> {
    request: HttpRequest<M>,
    response: HttpResponse<M>,
}

/// How the arguments of a method travel.
pub struct HttpRequest<M: Remote> {
    read: fn(RequestIn<'_>) -> Result<M::Request, Status>,
    write: fn(M::Request) -> Result<RequestOut, Status>,
}

/// How the result of a method travels.
pub struct HttpResponse<M: Remote> {
    read: fn(ReplyIn) -> Result<M::Response, Status>,
    write: fn(M::Response) -> Result<ReplyOut, Status>,
}

impl<M: Remote> HttpBinding<M> {
    /// A method's request and response codecs.
    pub const fn new(request: HttpRequest<M>, response: HttpResponse<M>) -> Self {
        Self { request, response }
    }

    pub(crate) const fn codec(self) -> Codec<M> {
        Codec {
            read_request: self.request.read,
            write_reply: self.response.write,
            write_request: self.request.write,
            read_reply: self.response.read,
        }
    }
}

impl<M: Remote> HttpRequest<M> {
    /// Each argument where the descriptor of `M` says.
    pub const fn arguments() -> Self
    where
        M::Arguments: HttpArguments,
    {
        // Chosen here and not at run time, so that a method whose arguments
        // are all in the body never compiles the reader of text.
        if decode::has_text(M::META.arguments) {
            Self {
                read: read_any::<M>,
                write: write_any::<M>,
            }
        } else {
            Self {
                read: read_body::<M>,
                write: write_body::<M>,
            }
        }
    }
}

// What is left of a codec for each method; its work is shared by all methods
// with arguments of the same types.

fn read_any<M: Remote<Arguments: HttpArguments>>(
    request: RequestIn<'_>,
) -> Result<M::Request, Status> {
    match decode::any::<M::Arguments>(M::META, &request) {
        Ok(arguments) => Ok(M::pack(arguments)),
        Err(status) => Err(status),
    }
}

fn read_body<M: Remote<Arguments: HttpArguments>>(
    request: RequestIn<'_>,
) -> Result<M::Request, Status> {
    match decode::body::<M::Arguments>(M::META, &request) {
        Ok(arguments) => Ok(M::pack(arguments)),
        Err(status) => Err(status),
    }
}

fn write_any<M: Remote<Arguments: HttpArguments>>(
    request: M::Request,
) -> Result<RequestOut, Status> {
    encode::any::<M::Arguments>(M::META, M::unpack(request))
}

fn write_body<M: Remote<Arguments: HttpArguments>>(
    request: M::Request,
) -> Result<RequestOut, Status> {
    encode::body::<M::Arguments>(M::META, M::unpack(request))
}

impl<M: Remote> HttpResponse<M> {
    /// The result as the body.
    pub const fn body() -> Self
    where
        M::Response: HttpReply,
    {
        Self {
            read: read_reply::<M>,
            write: write_reply::<M>,
        }
    }
}

fn write_reply<M: Remote<Response: HttpReply>>(reply: M::Response) -> Result<ReplyOut, Status> {
    match reply.write() {
        Ok(json) => Ok(ReplyOut::Json(json)),
        Err(error) => Err(unwritable(M::META, error)),
    }
}

fn read_reply<M: Remote<Response: HttpReply>>(reply: ReplyIn) -> Result<M::Response, Status> {
    match HttpReply::read(&json(reply)?) {
        Ok(reply) => Ok(reply),
        Err(error) => Err(unreadable(M::META, error)),
    }
}

/// The body of a reply; one that has none, such as a 204, has nothing to say.
fn json(reply: ReplyIn) -> Result<Bytes, Status> {
    match reply {
        ReplyIn::Json(json) if json.is_empty() => Ok(Bytes::from_static(b"null")),
        ReplyIn::Json(json) => Ok(json),
        #[cfg(feature = "grpc")]
        _ => Err(wrong_codec()),
    }
}

#[cold]
fn unwritable(meta: &MethodMeta, error: serde_json::Error) -> Status {
    let message = format!(
        "the reply of method `{}` can't be written as JSON",
        meta.name
    );
    tracing::error!(service = meta.service, method = meta.name, %error, "{message}");
    Status::internal(message).with_source(error)
}

#[cold]
fn unreadable(meta: &MethodMeta, error: serde_json::Error) -> Status {
    Status::internal(format!(
        "the reply of method `{}` can't be read: {error}",
        meta.name
    ))
    .with_source(error)
}

#[cold]
pub(super) fn no_binding(meta: &MethodMeta) -> Status {
    Status::unimplemented(format!(
        "method `{}` of `{}` is not served over HTTP",
        meta.name, meta.service
    ))
}

impl<M: Remote> Clone for HttpBinding<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Remote> Copy for HttpBinding<M> {}

impl<M: Remote> Clone for HttpRequest<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Remote> Copy for HttpRequest<M> {}

impl<M: Remote> Clone for HttpResponse<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Remote> Copy for HttpResponse<M> {}

impl<M: Remote> fmt::Debug for HttpBinding<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBinding")
            .field("method", &<M as Method>::META.name)
            .finish_non_exhaustive()
    }
}

/// What a method may return over HTTP/JSON: any type that serde writes and
/// reads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel over HTTP/JSON",
    label = "serde can't write and read this type",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, or narrow the method with `#[transport(grpc)]`"
)]
pub trait HttpReply: Sized + Send + 'static {
    #[doc(hidden)]
    fn write(&self) -> Result<Bytes, serde_json::Error>;
    #[doc(hidden)]
    fn read(json: &[u8]) -> Result<Self, serde_json::Error>;
}

// What is missing is reported once, by the words above, and not once for each
// derive.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> HttpReply for T {
    fn write(&self) -> Result<Bytes, serde_json::Error> {
        scratch::written(|json| self.serialize(&mut serde_json::Serializer::new(json)))
    }

    fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        match Self::deserialize(&mut reader) {
            Ok(reply) => reader.end().map(|()| reply),
            Err(error) => Err(error),
        }
    }
}
