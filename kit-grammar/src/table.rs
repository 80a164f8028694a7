//! The table of all policies and their keys.
//!
//! A change here changes the attributes, the configuration and the messages of
//! both.

use crate::kind::{Bound, Kind};
use crate::policy::{Key, Policy, Side, Sides};

/// More than 0, and at most 1.
const FRACTION: Kind = Kind::Float {
    min: Bound::Excluding(0.0),
    max: Some(Bound::Including(1.0)),
};

const COUNT: Kind = up_to(u32::MAX);

/// A whole number from 1 to `max`.
const fn up_to(max: u32) -> Kind {
    Kind::Integer { min: 1, max }
}

const fn key(
    name: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    example: &'static str,
    docs: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        docs,
        example,
    }
}

/// The `store` of a rate limit that is counted in the process itself.
pub const LOCAL_STORE: &str = "local";

/// The shared stores that are adapters of kit. Each is a cargo feature of its
/// own name; without the feature nothing can be counted there.
pub const ADAPTER_STORES: &[&str] = &["redis"];

/// All policies, in the order of the chain on a client and then on a server.
pub const POLICIES: &[Policy] = &[
    TIMEOUT,
    FALLBACK,
    CACHE,
    THROTTLE,
    RETRY,
    HEDGE,
    BREAKER,
    SHED,
    CONCURRENCY,
    RATE_LIMIT,
];

const TIMEOUT: Policy = Policy {
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

const FALLBACK: Policy = Policy {
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

const CACHE: Policy = Policy {
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

const THROTTLE: Policy = Policy {
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

const RETRY: Policy = Policy {
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

const HEDGE: Policy = Policy {
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

const BREAKER: Policy = Policy {
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

const SHED: Policy = Policy {
    name: "shed",
    docs: "Refuses calls while the processors are busy.",
    example: "cpu = 0.9",
    sides: Sides::Server,
    side: Side::Server,
    idempotent: false,
    positional: None,
    keys: &[key(
        "cpu",
        FRACTION,
        Some("0.9"),
        "0.9",
        "The fraction of processor time in use from which calls are refused.",
    )],
};

const CONCURRENCY: Policy = Policy {
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

const RATE_LIMIT: Policy = Policy {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    #[test]
    fn every_default_and_example_is_valid() {
        for policy in POLICIES {
            for key in policy.keys {
                let example = key.example.trim_matches('"');
                let read = |text| key.kind.read(key.name, text, key.example);
                read(example).expect(key.name);
                if let Some(default) = key.default {
                    read(default).expect(key.name);
                }
            }
            Settings::parse(policy, policy.example).expect(policy.name);
        }
    }

    #[test]
    fn names_are_unique_and_the_positional_key_is_first() {
        for (index, policy) in POLICIES.iter().enumerate() {
            let others = &POLICIES[index + 1..];
            assert!(others.iter().all(|other| other.name != policy.name));
            assert!(policy.sides.allow(policy.side), "{}", policy.name);
            let names = policy.key_names();
            for (index, name) in names.iter().enumerate() {
                assert!(!names[index + 1..].contains(name), "{name}");
            }
            if let Some(positional) = policy.positional {
                assert_eq!(names[0], positional);
            }
        }
    }
}
