//! The policy `breaker` and its keys.

use super::key::{COUNT, FRACTION, key, up_to};
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::Kind;

/// Refuses calls to a failing peer.
pub(super) const BREAKER: Policy = Policy {
    name: "breaker",
    docs: "Refuses calls to a failing peer.",
    example: "failures = 5",
    sides: Sides::Either,
    side: Side::Client,
    idempotent: false,
    positional: None,
    keys: &[
        key(
            "failures",
            up_to(16_777_215),
            None,
            "5",
            "The number of consecutive failures that open it.",
        ),
        key(
            "ratio",
            FRACTION,
            Some("0.5"),
            "0.5",
            "The fraction of failed calls in the window that opens it.",
        ),
        key(
            "min_calls",
            COUNT,
            Some("20"),
            "20",
            "The fewest calls in the window before it can open.",
        ),
        key(
            "window",
            Kind::Window,
            Some("10s"),
            "\"10s\"",
            "The window over which calls are counted, as a duration or a number of calls.",
        ),
        key(
            "slow",
            Kind::Duration,
            None,
            "\"500ms\"",
            "The duration from which a call counts as slow.",
        ),
        key(
            "slow_ratio",
            FRACTION,
            Some("0.8"),
            "0.8",
            "The fraction of slow calls in the window that opens it.",
        ),
        key(
            "open",
            Kind::DurationRange,
            Some("5s..60s"),
            "\"5s..60s\"",
            "How long it stays open the first time, and at most.",
        ),
        key(
            "probes",
            up_to(4_095),
            Some("3"),
            "3",
            "The number of successful calls that close it.",
        ),
        key(
            "on",
            Kind::Codes,
            None,
            "unavailable",
            "The codes that count as failures of the peer.",
        ),
    ],
};
