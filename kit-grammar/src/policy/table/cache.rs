//! The policy `cache` and its keys.

use super::key::{COUNT, key};
use crate::policy::definition::{Policy, Side, Sides};
use crate::values::Kind;

/// Stores responses in memory and reuses them.
pub(super) const CACHE: Policy = Policy {
    name: "cache",
    docs: "Stores responses in memory and reuses them.",
    example: "ttl = \"1s\"",
    sides: Sides::Client,
    side: Side::Client,
    idempotent: true,
    positional: None,
    keys: &[
        key(
            "ttl",
            Kind::Duration,
            None,
            "\"1s\"",
            "How long a stored response is fresh.",
        ),
        key(
            "capacity",
            COUNT,
            Some("1000"),
            "10_000",
            "The most responses that are stored.",
        ),
        key(
            "coalesce",
            Kind::Flag,
            Some("false"),
            "true",
            "Whether concurrent calls with equal requests share one call.",
        ),
        key(
            "stale",
            Kind::Duration,
            None,
            "\"10s\"",
            "How much longer a response is served while a new one is fetched.",
        ),
        key(
            "any_metadata",
            Kind::Flag,
            Some("false"),
            "true",
            "Whether calls with metadata use the cache, too.",
        ),
    ],
};
