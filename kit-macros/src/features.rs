//! The features that kit was built with.
//!
//! Tests of this crate see all of them, whatever the build.

/// Whether kit has HTTP/JSON.
pub(crate) const HTTP: bool = cfg!(any(test, feature = "http"));

/// Whether kit has gRPC.
pub(crate) const GRPC: bool = cfg!(any(test, feature = "grpc"));

/// Whether kit has rate limits that servers share.
pub(crate) const REDIS: bool = cfg!(any(test, feature = "redis"));
