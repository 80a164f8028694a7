//! The integration suite: one binary, so that it links once; one module a
//! capability.

mod raw;
mod server_lifecycle;
mod support;
mod tidy;
