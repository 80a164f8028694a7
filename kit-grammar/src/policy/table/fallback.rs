//! The policy `fallback` and its keys.

use super::key::key;
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::Kind;

/// Replaces a failure with the result of a function.
pub(super) const FALLBACK: Policy = Policy {
    name: "fallback",
    docs: "Replaces a failure with the result of a function.",
    example: "cached_sum",
    sides: Sides::Client,
    side: Side::Client,
    idempotent: false,
    positional: Some("path"),
    keys: &[
        key(
            "path",
            Kind::Path,
            None,
            "cached_sum",
            "An async function of the context, the request and the error.",
        ),
        key(
            "on",
            Kind::Codes,
            Some("unavailable, deadline_exceeded, resource_exhausted"),
            "unavailable",
            "The codes of the failures to replace, in addition to refusals by policies.",
        ),
    ],
};
