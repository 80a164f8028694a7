//! HTTP/JSON.
//!
//! A method's [`HttpBinding`] holds what depends on the types of its
//! arguments and its reply: four function pointers. All else, on both sides,
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
mod asked;
mod client;
mod decode;
mod encode;
mod media;
mod path;
mod percent;
mod problem;
mod router;
mod scratch;
mod server;
mod text;
mod whole;

pub use arguments::{HttpArgument, HttpArguments};
pub use client::{HttpChannel, HttpChannelBuilder};
pub use router::Router;

pub(crate) use server::not_found;

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::method::Method;
use crate::status::Status;
use crate::transport::Remote;

/// The caller's time-out, in milliseconds.
static TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");
static JSON: HeaderValue = HeaderValue::from_static("application/json");
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The codecs of one method over HTTP/JSON.
pub struct HttpBinding<M: Remote> {
    decode: fn(&decode::Input<'_>) -> Result<M::Arguments, Status>,
    encode: fn(&M::Arguments) -> Result<encode::Output, Status>,
    encode_reply: fn(&M::Response) -> Result<Bytes, serde_json::Error>,
    decode_reply: fn(&[u8]) -> Result<M::Response, serde_json::Error>,
}

/// How the arguments of a method travel.
pub struct HttpRequest<M: Remote> {
    decode: fn(&decode::Input<'_>) -> Result<M::Arguments, Status>,
    encode: fn(&M::Arguments) -> Result<encode::Output, Status>,
}

/// How the result of a method travels.
pub struct HttpResponse<M: Remote> {
    encode: fn(&M::Response) -> Result<Bytes, serde_json::Error>,
    decode: fn(&[u8]) -> Result<M::Response, serde_json::Error>,
}

impl<M: Remote> HttpBinding<M> {
    /// A method's request and response codecs.
    pub const fn new(request: HttpRequest<M>, response: HttpResponse<M>) -> Self {
        Self {
            decode: request.decode,
            encode: request.encode,
            encode_reply: response.encode,
            decode_reply: response.decode,
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
        let arguments = M::META.arguments;
        let (decode, encode) = if decode::has_text(arguments) {
            (decode::any::<M> as _, encode::any::<M> as _)
        } else {
            (decode::body::<M> as _, encode::body::<M> as _)
        };
        Self { decode, encode }
    }
}

impl<M: Remote> HttpResponse<M> {
    /// The result as the body.
    pub const fn body() -> Self
    where
        M::Response: HttpReply,
    {
        Self {
            encode: <M::Response as HttpReply>::encode,
            decode: <M::Response as HttpReply>::decode,
        }
    }
}

impl<M: Remote> Clone for HttpBinding<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Remote> Copy for HttpBinding<M> {}

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
    fn encode(&self) -> Result<Bytes, serde_json::Error>;
    #[doc(hidden)]
    fn decode(json: &[u8]) -> Result<Self, serde_json::Error>;
}

// What is missing is reported once, by the words above, and not once for each
// derive.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> HttpReply for T {
    fn encode(&self) -> Result<Bytes, serde_json::Error> {
        scratch::written(|json| serde_json::to_writer(json, self))
    }

    fn decode(json: &[u8]) -> Result<Self, serde_json::Error> {
        // A reply without a body, such as a 204, has nothing to say.
        serde_json::from_slice(if json.is_empty() { b"null" } else { json })
    }
}
