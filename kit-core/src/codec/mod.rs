//! How values become bytes and back.

#[cfg(feature = "http")]
pub(crate) mod json;
pub mod proto;
