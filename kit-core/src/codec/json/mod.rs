//! JSON, and the text of arguments in a path, a query or a header.

pub(crate) mod text;
