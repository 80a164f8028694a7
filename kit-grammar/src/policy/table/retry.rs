//! The policy `retry` and its keys.

use super::key::{COUNT, key};
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::{Bound, Kind};

/// Repeats failed calls.
pub(super) const RETRY: Policy = Policy {
    name: "retry",
    docs: "Repeats failed calls.",
    example: "attempts = 3, backoff = \"20ms..1s\"",
    sides: Sides::Client,
    side: Side::Client,
    idempotent: true,
    positional: None,
    keys: &[
        key(
            "attempts",
            COUNT,
            Some("3"),
            "3",
            "The most attempts of a call, the first included.",
        ),
        key(
            "backoff",
            Kind::DurationRange,
            Some("20ms..1s"),
            "\"20ms..1s\"",
            "The pause before the first retry, and the longest pause.",
        ),
        key(
            "on",
            Kind::Codes,
            Some("unavailable"),
            "unavailable",
            "The codes that are retried.",
        ),
        key(
            "attempt_timeout",
            Kind::Duration,
            None,
            "\"500ms\"",
            "The maximum duration of one attempt.",
        ),
        key(
            "budget",
            Kind::Float {
                min: Bound::Including(0.0),
                max: Some(Bound::Including(100.0)),
            },
            Some("0.2"),
            "0.2",
            "The most retries per call, on average.",
        ),
        key(
            "pushback_max",
            Kind::Duration,
            Some("30s"),
            "\"30s\"",
            "The longest pause that a peer may request.",
        ),
        key(
            "chain_stop",
            Kind::Bool,
            Some("true"),
            "false",
            "Whether calls made on behalf of a retry are not retried themselves.",
        ),
    ],
};
