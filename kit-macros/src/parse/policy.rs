//! The policies of the grammar that this version does not have.
//!
//! They are recognised, so that none is ever ignored in silence.

use proc_macro2::Ident;

use crate::diagnostic::Errors;

/// The names of the attributes.
pub(crate) const UNAVAILABLE: &[&str] = &[
    "retry",
    "hedge",
    "breaker",
    "throttle",
    "rate_limit",
    "concurrency",
    "shed",
    "cache",
    "fallback",
    "auth",
    "log",
    "metrics",
    "trace",
    "balance",
];

/// Refuses a policy on its name.
pub(crate) fn refuse(name: &Ident, errors: &mut Errors) {
    errors.on(
        name,
        format_args!("`#[{name}]` is not available in this version"),
        "remove it; `#[timeout]` and `#[middleware]` are there",
    );
}
