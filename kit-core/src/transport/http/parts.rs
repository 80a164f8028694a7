//! The parts of an HTTP request that hold arguments.

use http::HeaderMap;

/// The parts of a request that arguments are read from.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    /// The segments of the path that hold arguments, still encoded.
    pub(super) captures: &'a [&'a str],
    /// The names of those arguments, in the same order.
    pub(super) captured: &'a [&'static str],
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// The parts of a request that arguments are written to.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// The path and the query, encoded.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    /// JSON, if the method has a body.
    pub(super) body: Option<Vec<u8>>,
}
