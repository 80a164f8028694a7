//! Codecs: values to bytes and back.
//!
//! Transports choose a codec; a codec names no transport and does no I/O.

#[cfg(feature = "http")]
pub(crate) mod json;
pub mod proto;
