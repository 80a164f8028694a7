//! The cargo features of kit, as constants.
//!
//! In tests of this crate, all of them are on.

mod transports;

pub(crate) use self::transports::{TRANSPORT_WORDS, Transport, implemented_transports};

/// HTTP/JSON.
pub(crate) const HTTP: bool = cfg!(any(test, feature = "http"));

/// gRPC.
pub(crate) const GRPC: bool = cfg!(any(test, feature = "grpc"));

/// The store `redis` of shared rate limits.
pub(crate) const REDIS: bool = cfg!(any(test, feature = "redis"));
