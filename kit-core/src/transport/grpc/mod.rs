//! The gRPC transport, over HTTP/2.
//!
//! A unary call is the common case and has a path of its own: one message is
//! read from the body, without a streaming decoder; the response is headers,
//! one data frame and trailers, without a boxed body. Streams share the frame
//! codec and pay for what they need.
//!
//! What depends on a method's types is a handful of function pointers in its
//! [`GrpcBinding`]; the rest is compiled once.

mod address;
mod batches;
mod binding;
mod call;
mod client;
mod codecs;
mod compressed;
mod compression;
mod connection;
mod frame;
pub(crate) mod generated;
mod headers_only;
mod messages;
mod options;
mod path;
mod reflection;
mod requests;
mod responses;
mod server;
mod status;
mod streams;
#[cfg(test)]
mod tests;
mod timeout;

pub use self::binding::{GrpcBinding, GrpcRequest, GrpcResponse};
pub use self::client::GrpcChannel;
pub(crate) use self::client::no_binding;
pub use self::compressed::Compressed;
pub use self::compression::Encoding;
pub use self::options::GrpcOptions;
pub use self::reflection::Reflection;
pub use self::server::{Answer, Router};
pub(crate) use self::streams::{Incoming, Outgoing};
