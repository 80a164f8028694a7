//! Fixtures that several capabilities share.

pub(crate) mod adder;
pub(crate) mod raw;
