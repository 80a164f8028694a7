//! The text form of arguments in a path, a query or a header of HTTP/JSON.

pub(crate) mod text;
