//! The policy `rate_limit` and its keys.

use super::key::{COUNT, key};
use crate::policy::definition::{Policy, Side, Sides};
use crate::policy::stores::LOCAL_STORE;
use crate::values::Kind;

/// Limits the rate of calls.
pub(super) const RATE_LIMIT: Policy = Policy {
    name: "rate_limit",
    docs: "Limits the rate of calls.",
    example: "\"100/s\", burst = 20",
    sides: Sides::Either,
    side: Side::Server,
    idempotent: false,
    positional: Some("rate"),
    keys: &[
        key(
            "rate",
            Kind::Rate,
            None,
            "\"100/s\"",
            "The number of calls per duration.",
        ),
        key(
            "burst",
            COUNT,
            None,
            "20",
            "The most calls at once; by default the count of the rate.",
        ),
        key(
            "cost",
            COUNT,
            Some("1"),
            "1",
            "The number of calls that one call counts as.",
        ),
        key(
            "total",
            Kind::Rate,
            None,
            "\"1000/s\"",
            "The rate of all callers together, in addition to the rate of each.",
        ),
        key(
            "wait",
            Kind::Duration,
            None,
            "\"50ms\"",
            "The longest wait for admission; by default calls do not wait.",
        ),
        key(
            "key",
            Kind::CountedBy,
            Some("everyone"),
            "peer",
            "What identifies a caller; each caller has its own limit.",
        ),
        key(
            "max_keys",
            COUNT,
            Some("10000"),
            "10_000",
            "The most callers that are tracked.",
        ),
        key(
            "store",
            Kind::Name(&[LOCAL_STORE, "redis"]),
            Some(LOCAL_STORE),
            "\"local\"",
            "Where calls are counted: in this process, or in the shared store of this name.",
        ),
    ],
};
