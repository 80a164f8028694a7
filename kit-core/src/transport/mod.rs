//! Transports: each serves methods over a protocol (server) and carries calls
//! (client).
//!
//! What a transport needs to know of a method's types it gets as data: a
//! [`Remote`] method has one constant per declared transport, which holds
//! function pointers to its codecs. So a client can pick its transport at run
//! time, a method declared for HTTP alone need not meet gRPC's bounds on its
//! types, and a transport's own code is compiled once.

#[cfg(feature = "transport")]
pub mod body;
#[cfg(feature = "transport")]
mod channel;
#[cfg(feature = "transport")]
#[cfg_attr(
    not(feature = "http"),
    allow(dead_code, reason = "only HTTP borrows the request")
)]
pub(crate) mod codec;
#[cfg(feature = "transport")]
mod connect;
#[cfg(feature = "transport")]
mod connection;
#[cfg(feature = "transport")]
pub(crate) mod external;
#[cfg(feature = "grpc")]
pub mod grpc;
#[cfg(any(feature = "http", feature = "grpc"))]
mod handler;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "testing")]
pub(crate) mod in_process;
#[cfg(feature = "transport")]
mod limits;
#[cfg(feature = "transport")]
mod mount_error;
#[cfg(feature = "transport")]
mod mounting;
#[cfg(feature = "transport")]
mod options;
mod remote;
#[cfg(feature = "transport")]
pub(crate) mod routes;

pub use self::remote::Remote;
#[cfg(feature = "transport")]
pub use self::{
    channel::Channel,
    connection::Connection,
    limits::{GrpcLimits, Http1Limits, Http2Limits, HttpLimits, Limits},
    mount_error::MountError,
    mounting::{Mounting, mount},
    routes::{Mount, Mounted, Routes},
};
