//! The policy `timeout` and its keys.

use super::key::key;
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::Kind;

/// Limits the duration of a call.
pub(super) const TIMEOUT: Policy = Policy {
    name: "timeout",
    docs: "Limits the duration of a call.",
    example: "\"2s\"",
    sides: Sides::Either,
    side: Side::Both,
    idempotent: false,
    positional: Some("limit"),
    keys: &[key(
        "limit",
        Kind::Duration,
        None,
        "\"2s\"",
        "The maximum duration; the caller's deadline applies if it is earlier.",
    )],
};
