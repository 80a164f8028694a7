//! The policy `throttle` and its keys.

use super::key::{COUNT, key};
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::{Bound, Kind};

/// Reduces calls to a failing peer to what it accepts.
pub(super) const THROTTLE: Policy = Policy {
    name: "throttle",
    docs: "Reduces calls to a failing peer to what it accepts.",
    example: "k = 2.0",
    sides: Sides::Client,
    side: Side::Client,
    idempotent: false,
    positional: None,
    keys: &[
        key(
            "k",
            Kind::Float {
                min: Bound::Including(1.0),
                max: None,
            },
            Some("2.0"),
            "2.0",
            "The number of calls sent for each call that the peer accepts.",
        ),
        key(
            "window",
            Kind::Duration,
            Some("10s"),
            "\"10s\"",
            "The time over which calls are counted.",
        ),
        key(
            "min_calls",
            COUNT,
            Some("20"),
            "20",
            "The fewest calls in the window before any is refused.",
        ),
        key(
            "on",
            Kind::Codes,
            None,
            "unavailable",
            "The codes that count as refusals by the peer.",
        ),
    ],
};
