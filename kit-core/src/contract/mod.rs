//! Documents made from service descriptors, without a running server.

pub mod proto;
