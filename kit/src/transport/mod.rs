//! Transports: each binds endpoints to a protocol (server) and carries calls
//! (client).
//!
//! What a transport must know of a method's types it gets as data: a
//! [`Remote`] method has one constant per declared transport, which holds
//! function pointers to its codecs. So a client can pick its transport at run
//! time, a method declared for HTTP alone asks nothing of gRPC of its types,
//! and a transport's own code is compiled once.

#[cfg(feature = "transport")]
pub mod body;
#[cfg(feature = "transport")]
mod channel;
#[cfg(feature = "transport")]
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "what HTTP borrows"))]
pub(crate) mod codec;
#[cfg(feature = "transport")]
mod connection;
#[cfg(feature = "grpc")]
pub mod grpc;
#[cfg(any(feature = "http", feature = "grpc"))]
mod handler;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "transport")]
mod limits;
#[cfg(feature = "transport")]
mod mounting;
#[cfg(feature = "transport")]
mod routes;

#[cfg(feature = "transport")]
pub use self::{
    channel::Channel,
    connection::Connection,
    limits::Limits,
    mounting::{Mounting, mount},
    routes::{Mount, MountError, Mounted, Routes},
};

use crate::model::method::Method;

/// A method that can be called from another process: how its arguments become
/// a tuple and back, and its codecs per transport.
pub trait Remote: Method {
    /// The arguments in the order of the signature.
    type Arguments: Send + 'static;

    /// The codecs over HTTP/JSON, where the method has that transport.
    #[cfg(feature = "http")]
    const HTTP: Option<http::HttpBinding<Self>> = None;

    /// The codecs over gRPC, where the method has that transport.
    #[cfg(feature = "grpc")]
    const GRPC: Option<grpc::GrpcBinding<Self>> = None;

    /// Makes the request of its arguments.
    const PACK: fn(Self::Arguments) -> Self::Request;

    /// Takes a request apart.
    const UNPACK: fn(Self::Request) -> Self::Arguments;

    /// The request from its arguments.
    fn pack(arguments: Self::Arguments) -> Self::Request {
        (Self::PACK)(arguments)
    }

    /// The arguments of a request.
    fn unpack(request: Self::Request) -> Self::Arguments {
        (Self::UNPACK)(request)
    }
}
