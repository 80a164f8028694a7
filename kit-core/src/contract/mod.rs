//! Documents made from a service's descriptor, with no server needed.

pub mod proto;
