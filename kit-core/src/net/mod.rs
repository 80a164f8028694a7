//! Byte streams and their sources: TCP and Unix listeners, in-memory streams,
//! and detection of HTTP/1.1 or HTTP/2 from a connection's first bytes.

pub(crate) mod detect;
pub(crate) mod listener;
pub(crate) mod stream;
