//! The policy `concurrency` and its keys.

use super::key::{COUNT, key};
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::Kind;

/// Limits concurrent calls.
pub(super) const CONCURRENCY: Policy = Policy {
    name: "concurrency",
    docs: "Limits concurrent calls.",
    example: "64, queue = 16",
    sides: Sides::Either,
    side: Side::Server,
    idempotent: false,
    positional: Some("limit"),
    keys: &[
        key("limit", COUNT, None, "64", "The most concurrent calls."),
        key(
            "adaptive",
            Kind::Flag,
            Some("false"),
            "true",
            "Whether the limit follows the latency of calls.",
        ),
        key(
            "algorithm",
            Kind::Word(&["gradient", "vegas", "aimd"]),
            Some("gradient"),
            "vegas",
            "The algorithm of an adaptive limit.",
        ),
        key("min", COUNT, Some("4"), "4", "The lowest adaptive limit."),
        key(
            "max",
            COUNT,
            Some("200"),
            "200",
            "The highest adaptive limit.",
        ),
        key(
            "queue",
            Kind::Integer {
                min: 0,
                max: u32::MAX,
            },
            Some("0"),
            "16",
            "The most calls that wait.",
        ),
        key(
            "wait",
            Kind::Duration,
            Some("100ms"),
            "\"50ms\"",
            "The longest wait.",
        ),
    ],
};
