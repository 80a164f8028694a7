//! Byte streams and where they come from: TCP and Unix listeners, in-memory
//! streams, and telling HTTP/1.1 from HTTP/2 by a connection's first bytes.

pub(crate) mod detect;
pub(crate) mod listener;
pub(crate) mod stream;
