#![no_implicit_prelude]
#![deny(warnings, missing_docs)]
//! The prelude is not in scope, and its names mean something else.

#[allow(dead_code)]
enum Option {}
#[allow(dead_code)]
enum Result {}
#[allow(dead_code)]
struct Code;

/// The errors.
#[derive(Debug, ::kit::ServiceError)]
pub enum Error {
    /// A variant named like one of the prelude.
    #[status(not_found)]
    None,
    /// Another.
    #[status(internal)]
    Some(u64),
    /// The rest.
    Err(::kit::Status),
}

impl ::std::fmt::Display for Error {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str("no")
    }
}

impl ::std::error::Error for Error {}

/// Runs the case.
pub fn main() {}
