//! The HTTP/JSON transport.
//!
//! A method's [`HttpBinding`] holds what depends on the types of its arguments
//! and its response: function pointers. Everything else, on both sides, is
//! compiled once: routing, negotiation and limits on the server, pooling and
//! problem documents on the client.
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
//! Text is parsed by the argument's type: `7` is a number to an `i64` and a
//! string to a `String`. A list takes every value of a name. An absent value is
//! `None`. Members that match no argument are ignored, so that a newer client
//! can call an older server; a repeated member is an error, since two readers
//! could see two different calls.
//!
//! # Deadlines
//!
//! A caller's deadline travels as `connect-timeout-ms`, in milliseconds from
//! the moment the request was sent: the header of the Connect protocol, which
//! proxies and clients know already.

mod arguments;
mod binding;
mod client;
mod codecs;
mod decode;
mod encode;
pub(crate) mod generated;
mod headers;
mod media;
mod parts;
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
pub use binding::{HttpBinding, HttpRequest, HttpResponse};
pub use client::{HttpChannel, HttpOptions};
pub use codecs::HttpReply;
pub use router::Router;

pub(crate) use parts::{Input, Output};
pub(crate) use server::not_found;

use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;

#[cold]
pub(super) fn no_binding(meta: &MethodMeta) -> Status {
    Status::unimplemented(format!(
        "method `{}` of `{}` is not served over HTTP",
        meta.name, meta.service
    ))
}
