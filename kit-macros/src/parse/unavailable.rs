//! The attributes of the grammar that this version does not have.
//!
//! They are recognised, so that none is ever ignored in silence.

use proc_macro2::Ident;

use crate::diagnostic::Errors;

/// The names of the attributes.
pub(crate) const UNAVAILABLE: &[&str] = &["auth", "log", "metrics", "trace", "balance"];

/// Refuses an attribute on its name.
pub(crate) fn refuse(name: &Ident, errors: &mut Errors) {
    errors.on(
        name,
        format_args!("`#[{name}]` is not available in this version"),
        "remove it; `#[middleware]` takes what you write yourself",
    );
}
