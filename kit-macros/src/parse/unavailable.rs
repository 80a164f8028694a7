//! Attributes that are not implemented in this version.
//!
//! They are recognized, so that none is silently ignored.

use proc_macro2::Ident;

use crate::diagnostic::Errors;

/// The names of the attributes.
pub(crate) const UNAVAILABLE: &[&str] = &["auth", "log", "metrics", "trace", "balance"];

/// Reports an attribute at its name.
pub(crate) fn refuse(name: &Ident, errors: &mut Errors) {
    errors.on(
        name,
        format_args!("`#[{name}]` is not available in this version"),
        "remove it, or write a middleware of your own for `#[middleware]`",
    );
}
