//! Parsed values.

use std::fmt;
use std::time::Duration;

use super::duration;
use super::rate::Rate;

/// A value of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `"250ms"`
    Duration(Duration),
    /// `"20ms..1s"`; a single duration is both of its bounds.
    Range(Duration, Duration),
    /// `"100/s"`
    Rate(Rate),
    /// `20`
    Integer(u32),
    /// `0.5`
    Float(f64),
    /// `"p95"`, as a fraction.
    Percentile(f64),
    /// A number of calls, for a key that also takes a duration.
    Calls(u32),
    /// Whether it is on.
    Flag(bool),
    /// `on(unavailable, aborted)`
    Codes(Vec<&'static str>),
    /// `key = peer`
    CountedBy(CountedBy),
    /// One of the keywords of the key.
    Word(&'static str),
    /// A name in snake_case.
    Name(String),
    /// The path of a function.
    Path(String),
}

/// What identifies a caller of a rate limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountedBy {
    /// All callers count as one.
    Everyone,
    /// The peer's address.
    Peer,
    /// The authenticated identity of the caller.
    Identity,
    /// The value of a header.
    Header(String),
    /// The value of an argument.
    Argument(String),
}

/// Formats the value so that [`Kind::read`](crate::Kind::read) parses it back.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration(time) => f.write_str(&duration::format(*time)),
            Self::Range(least, most) if least == most => f.write_str(&duration::format(*least)),
            Self::Range(least, most) => write!(
                f,
                "{}..{}",
                duration::format(*least),
                duration::format(*most)
            ),
            Self::Rate(rate) => rate.fmt(f),
            Self::Integer(number) | Self::Calls(number) => number.fmt(f),
            Self::Float(number) => write!(f, "{number:?}"),
            // In binary, 100 * 0.95 is not 95.
            Self::Percentile(part) => write!(f, "p{}", (part * 1e8).round() / 1e6),
            Self::Flag(flag) => flag.fmt(f),
            Self::Codes(codes) => f.write_str(&codes.join(", ")),
            Self::CountedBy(key) => key.fmt(f),
            Self::Word(word) => f.write_str(word),
            Self::Name(text) | Self::Path(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for CountedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Peer => f.write_str("peer"),
            Self::Identity => f.write_str("identity"),
            Self::Header(name) => write!(f, "header(\"{name}\")"),
            Self::Argument(name) => write!(f, "arg({name})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[test]
    fn a_formatted_value_parses_to_the_same_value() {
        let check = |policy: &str, name: &str, text: &str| {
            let key = Policy::named(policy).and_then(|policy| policy.key(name));
            let key = key.expect(name);
            let value = key.kind.read(name, text, key.example).expect(text);
            assert_eq!(value.to_string(), text);
        };
        check("timeout", "limit", "1m30s");
        check("retry", "backoff", "20ms..1s");
        check("retry", "backoff", "20ms");
        check("retry", "budget", "0.2");
        check("retry", "on", "unavailable, aborted");
        check("retry", "chain_stop", "false");
        check("breaker", "window", "10");
        check("breaker", "window", "10s");
        check("breaker", "ratio", "1.0");
        check("hedge", "after", "p95");
        check("hedge", "after", "p99.9");
        check("hedge", "after", "20ms");
        check("rate_limit", "rate", "100/s");
        check("rate_limit", "rate", "5/500ms");
        check("rate_limit", "rate", "1/1m30s");
        check("rate_limit", "key", "peer");
        check("rate_limit", "key", "header(\"x-tenant\")");
        check("rate_limit", "key", "arg(tenant)");
        check("rate_limit", "store", "memcached");
        check("concurrency", "algorithm", "vegas");
        check("concurrency", "limit", "64");
        check("fallback", "path", "cached_sum");
    }
}
