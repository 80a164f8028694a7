//! The policy `hedge` and its keys.

use super::key::{FRACTION, key};
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::Kind;

/// Sends a second request when the first is slow.
pub(super) const HEDGE: Policy = Policy {
    name: "hedge",
    docs: "Sends a second request when the first is slow.",
    example: "after = \"p95\"",
    sides: Sides::Client,
    side: Side::Client,
    idempotent: true,
    positional: None,
    keys: &[
        key(
            "after",
            Kind::Percentile,
            Some("p95"),
            "\"p95\"",
            "The duration of an attempt after which another one starts.",
        ),
        key(
            "extra_load",
            FRACTION,
            Some("0.05"),
            "0.05",
            "The most additional attempts per call, on average.",
        ),
    ],
};
