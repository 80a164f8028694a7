//! How values become bytes and back.

pub mod proto;
