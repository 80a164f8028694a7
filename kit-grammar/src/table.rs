//! The policies, their keys, and what the keys may be.
//!
//! A change here changes the attributes, the configuration and the messages
//! of both.

use crate::kind::{Bound, Kind};
use crate::policy::{Key, Policy, Side, Sides};

/// More than nothing, and at most all.
const PART: Kind = Kind::Float {
    min: Bound::Excluding(0.0),
    max: Some(Bound::Including(1.0)),
};

const COUNT: Kind = up_to(u32::MAX);

/// From 1 to a number.
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

/// Every policy, in the order of the chain on a client and then on a server.
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
    docs: "The longest that a call may take.",
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
        "How long; the least of this and the caller's deadline holds.",
    )],
};

const FALLBACK: Policy = Policy {
    name: "fallback",
    docs: "Answers in place of a failure.",
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
            "The codes of the failures that are answered for, beside refusals of policies.",
        ),
    ],
};

const CACHE: Policy = Policy {
    name: "cache",
    docs: "Answers from memory.",
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
            "How long an answer is good for.",
        ),
        key(
            "capacity",
            COUNT,
            Some("1000"),
            "10_000",
            "How many answers are kept.",
        ),
        key(
            "coalesce",
            Kind::Flag,
            Some("false"),
            "true",
            "Whether calls that ask the same at once are one call.",
        ),
        key(
            "stale",
            Kind::Duration,
            None,
            "\"10s\"",
            "How much longer an answer is good for while a new one is fetched.",
        ),
        key(
            "any_metadata",
            Kind::Flag,
            Some("false"),
            "true",
            "Whether calls with metadata are answered from memory too.",
        ),
    ],
};

const THROTTLE: Policy = Policy {
    name: "throttle",
    docs: "Sends a failing peer only what it can take.",
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
            "How many calls are sent for each that the peer accepts.",
        ),
        key(
            "window",
            Kind::Duration,
            Some("10s"),
            "\"10s\"",
            "How far back calls are counted.",
        ),
        key(
            "min_calls",
            COUNT,
            Some("20"),
            "20",
            "How many calls are needed to judge.",
        ),
        key(
            "on",
            Kind::Codes,
            None,
            "unavailable",
            "The codes that count as refusals of the peer.",
        ),
    ],
};

const RETRY: Policy = Policy {
    name: "retry",
    docs: "Tries again.",
    example: "attempts = 3, backoff = \"20ms..1s\"",
    sides: Sides::Client,
    side: Side::Client,
    idempotent: true,
    positional: None,
    keys: &[
        key("attempts", COUNT, Some("3"), "3", "How many tries in all."),
        key(
            "backoff",
            Kind::DurationRange,
            Some("20ms..1s"),
            "\"20ms..1s\"",
            "The pause before the first retry, and the longest one.",
        ),
        key(
            "on",
            Kind::Codes,
            Some("unavailable"),
            "unavailable",
            "The codes that are tried again.",
        ),
        key(
            "attempt_timeout",
            Kind::Duration,
            None,
            "\"500ms\"",
            "The longest that one try may take.",
        ),
        key(
            "budget",
            Kind::Float {
                min: Bound::Including(0.0),
                max: Some(Bound::Including(100.0)),
            },
            Some("0.2"),
            "0.2",
            "How many retries are allowed for each call.",
        ),
        key(
            "pushback_max",
            Kind::Duration,
            Some("30s"),
            "\"30s\"",
            "The longest pause that a peer may ask for.",
        ),
        key(
            "chain_stop",
            Kind::Bool,
            Some("true"),
            "false",
            "Whether a call that serves a retry is not retried itself.",
        ),
    ],
};

const HEDGE: Policy = Policy {
    name: "hedge",
    docs: "Tries beside a slow try.",
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
            "How long a try may take before another one starts.",
        ),
        key(
            "extra_load",
            PART,
            Some("0.05"),
            "0.05",
            "How many more calls that may make for each.",
        ),
    ],
};

const BREAKER: Policy = Policy {
    name: "breaker",
    docs: "Leaves a failing peer alone.",
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
            "How many failures in a row open it.",
        ),
        key(
            "ratio",
            PART,
            Some("0.5"),
            "0.5",
            "What part of the calls of the window has to fail to open it.",
        ),
        key(
            "min_calls",
            COUNT,
            Some("20"),
            "20",
            "How many calls the window needs to be judged.",
        ),
        key(
            "window",
            Kind::Window,
            Some("10s"),
            "\"10s\"",
            "How far back calls are counted, in time or in calls.",
        ),
        key(
            "slow",
            Kind::Duration,
            None,
            "\"500ms\"",
            "From when on a call is slow.",
        ),
        key(
            "slow_ratio",
            PART,
            Some("0.8"),
            "0.8",
            "What part of the calls of the window has to be slow to open it.",
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
            "How many calls have to succeed to close it.",
        ),
        key(
            "on",
            Kind::Codes,
            None,
            "unavailable",
            "The codes that are failures of the peer.",
        ),
    ],
};

const SHED: Policy = Policy {
    name: "shed",
    docs: "Refuses while the machine is busy.",
    example: "cpu = 0.9",
    sides: Sides::Server,
    side: Side::Server,
    idempotent: false,
    positional: None,
    keys: &[key(
        "cpu",
        PART,
        Some("0.9"),
        "0.9",
        "What part of the processors may be in use.",
    )],
};

const CONCURRENCY: Policy = Policy {
    name: "concurrency",
    docs: "So many calls at once.",
    example: "64, queue = 16",
    sides: Sides::Either,
    side: Side::Server,
    idempotent: false,
    positional: Some("limit"),
    keys: &[
        key("limit", COUNT, None, "64", "How many."),
        key(
            "adaptive",
            Kind::Flag,
            Some("false"),
            "true",
            "Whether the limit is found from how long calls take.",
        ),
        key(
            "algorithm",
            Kind::Word(&["gradient", "vegas", "aimd"]),
            Some("gradient"),
            "vegas",
            "How an adaptive limit is found.",
        ),
        key("min", COUNT, Some("4"), "4", "The least that it adapts to."),
        key(
            "max",
            COUNT,
            Some("200"),
            "200",
            "The most that it adapts to.",
        ),
        key(
            "queue",
            Kind::Integer {
                min: 0,
                max: u32::MAX,
            },
            Some("0"),
            "16",
            "How many calls may wait.",
        ),
        key(
            "wait",
            Kind::Duration,
            Some("100ms"),
            "\"50ms\"",
            "How long a call may wait.",
        ),
    ],
};

const RATE_LIMIT: Policy = Policy {
    name: "rate_limit",
    docs: "So many calls in a time.",
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
            "How many, and in how long.",
        ),
        key(
            "burst",
            COUNT,
            None,
            "20",
            "How many at once; by default as many as the rate counts.",
        ),
        key(
            "cost",
            COUNT,
            Some("1"),
            "1",
            "How many of the rate's calls one call counts as.",
        ),
        key(
            "total",
            Kind::Rate,
            None,
            "\"1000/s\"",
            "How many for all callers together, beside the rate of each.",
        ),
        key(
            "wait",
            Kind::Duration,
            None,
            "\"50ms\"",
            "How long a call may wait for its turn; by default not at all.",
        ),
        key(
            "key",
            Kind::CountedBy,
            Some("everyone"),
            "peer",
            "By what callers are told apart, each with a limit of its own.",
        ),
        key(
            "max_keys",
            COUNT,
            Some("10000"),
            "10_000",
            "How many callers are remembered.",
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
    fn every_default_and_example_is_right() {
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
    fn names_stand_once_and_the_positional_key_stands_first() {
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
