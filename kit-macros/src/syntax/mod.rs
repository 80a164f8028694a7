//! Names and types, by their syntax alone.

pub(crate) mod names;
pub(crate) mod types;
