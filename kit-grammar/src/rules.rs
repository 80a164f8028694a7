//! What the keys of a policy mean together.
//!
//! A value that only the compiler knows breaks no rule here; the policy's own
//! `checked` judges it.

use std::time::Duration;

use crate::policy::Policy;
use crate::settings::Setting;
use crate::value::{CountedBy, Value};
use crate::{Wrong, duration};

/// A rule that some keys break together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The key to point at; `None` where something is missing.
    pub key: Option<&'static str>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// Checks what a policy is told, as a whole.
pub fn check(policy: &'static Policy, settings: &[Setting]) -> Vec<Violation> {
    let given = Given { policy, settings };
    match policy.name {
        "timeout" => given.required("limit", "has no duration"),
        "fallback" => given.required("path", "names no function"),
        "cache" => given.required("ttl", "does not say how long an answer is good for"),
        "rate_limit" => rate_limit(&given),
        "throttle" => given.between("window", WINDOW).into_iter().collect(),
        "breaker" => breaker(&given),
        "concurrency" => concurrency(&given),
        _ => Vec::new(),
    }
}

/// What a window of time may be: a bucket of it is a whole number of
/// milliseconds, and what happened an hour ago says nothing of now.
const WINDOW: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3_600));

/// How long a breaker may stay open.
const OPEN: (Duration, Duration) = (Duration::from_nanos(1), Duration::from_secs(86_400));

/// How many calls a breaker's window may hold.
const WINDOW_CALLS: u32 = 10_000;

/// The keys that are given.
struct Given<'a> {
    policy: &'static Policy,
    settings: &'a [Setting],
}

impl Given<'_> {
    fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings
            .iter()
            .find(|setting| setting.key.name == name)
    }

    fn has(&self, name: &str) -> bool {
        match self.setting(name) {
            Some(setting) => setting.value != Some(Value::Flag(false)),
            None => false,
        }
    }

    fn integer(&self, name: &str) -> Option<u32> {
        match self.setting(name)?.value {
            Some(Value::Integer(number)) => Some(number),
            _ => None,
        }
    }

    fn required(&self, name: &str, rule: &str) -> Vec<Violation> {
        if self.setting(name).is_some() {
            return Vec::new();
        }
        vec![Violation {
            key: None,
            wrong: Wrong::new(
                format!("`{}` {rule}", self.policy.name),
                format!("write `{}({})`", self.policy.name, self.policy.example),
            ),
        }]
    }

    /// A duration, or both ends of a range, within bounds.
    fn between(
        &self,
        name: &'static str,
        (least, most): (Duration, Duration),
    ) -> Option<Violation> {
        let (from, to) = match self.setting(name)?.value {
            Some(Value::Duration(only)) => (only, only),
            Some(Value::Range(from, to)) => (from, to),
            _ => return None,
        };
        let rule = if from < least {
            format!("`{name}` must be at least {}", duration::format(least))
        } else if to > most {
            format!("`{name}` must be at most {}", duration::format(most))
        } else {
            return None;
        };
        let example = self.policy.key(name).map_or("", |key| key.example);
        Some(Violation {
            key: Some(name),
            wrong: Wrong::new(rule, format!("write `{name} = {example}`")),
        })
    }

    /// A key that says nothing without another.
    fn needs(&self, name: &'static str, other: &str, help: &str) -> Option<Violation> {
        (self.has(name) && !self.has(other)).then(|| Violation {
            key: Some(name),
            wrong: Wrong::new(format!("`{name}` says nothing without `{other}`"), help),
        })
    }
}

fn breaker(given: &Given<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    violations.extend(given.needs(
        "slow_ratio",
        "slow",
        "add from when on a call is slow, as in `slow = \"500ms\"`, or remove it",
    ));
    violations.extend(given.between("window", WINDOW));
    violations.extend(given.between("open", OPEN));
    let judged = given.has("ratio") || given.has("slow");
    for key in ["window", "min_calls"] {
        if given.has("failures") && given.has(key) && !judged {
            violations.push(Violation {
                key: Some(key),
                wrong: Wrong::new(
                    format!("`failures` counts failures in a row, of which `{key}` says nothing"),
                    "add what part of the calls has to fail, as in `ratio = 0.5`, or remove it",
                ),
            });
        }
    }
    let window = given
        .setting("window")
        .and_then(|window| window.value.as_ref());
    if let Some(Value::Calls(calls)) = window
        && *calls > WINDOW_CALLS
    {
        violations.push(Violation {
            key: Some("window"),
            wrong: Wrong::new(
                format!("`window` must be at most {WINDOW_CALLS} calls"),
                "write fewer calls, or a time as in `window = \"10s\"`",
            ),
        });
    }
    if let (Some(Value::Calls(window)), Some(min_calls)) = (window, given.integer("min_calls"))
        && min_calls > *window
    {
        violations.push(Violation {
            key: Some("min_calls"),
            wrong: Wrong::new(
                format!("a window of {window} calls never holds the {min_calls} of `min_calls`"),
                format!("write a `window` of at least {min_calls}, or a smaller `min_calls`"),
            ),
        });
    }
    violations
}

fn rate_limit(given: &Given<'_>) -> Vec<Violation> {
    let mut violations = given.required("rate", "has no rate");
    let everyone = Some(Value::CountedBy(CountedBy::Everyone));
    let keyed = given
        .setting("key")
        .is_some_and(|key| key.value != everyone);
    for key in ["max_keys", "total"] {
        if given.has(key) && !keyed {
            violations.push(Violation {
                key: Some(key),
                wrong: Wrong::new(
                    format!("`{key}` says nothing without `key`"),
                    "add by what callers are told apart, as in `key = peer`, or remove it",
                ),
            });
        }
    }
    let rate = given.setting("rate").and_then(|rate| rate.value.as_ref());
    let count = match rate {
        Some(Value::Rate(rate)) => Some(rate.count),
        _ => None,
    };
    let burst = match given.setting("burst") {
        Some(_) => given.integer("burst"),
        None => count,
    };
    if let (Some(cost), Some(burst)) = (given.integer("cost"), burst)
        && cost > burst
    {
        violations.push(Violation {
            key: Some("cost"),
            wrong: Wrong::new(
                format!("a call of cost {cost} never fits into a burst of {burst}"),
                "write a smaller `cost`, or a larger `burst`",
            ),
        });
    }
    violations
}

fn concurrency(given: &Given<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    match (given.setting("limit").is_some(), given.has("adaptive")) {
        (true, true) => violations.push(Violation {
            key: Some("adaptive"),
            wrong: Wrong::new(
                "a limit is either a number or adaptive",
                "keep one of them; an adaptive limit has its bounds in `min` and `max`",
            ),
        }),
        (false, false) => violations.push(Violation {
            key: None,
            wrong: Wrong::new(
                "`concurrency` has no limit",
                "write a number, as in `concurrency(64)`, or `concurrency(adaptive)`",
            ),
        }),
        _ => {}
    }
    for key in ["algorithm", "min", "max"] {
        violations.extend(given.needs(
            key,
            "adaptive",
            "write `concurrency(adaptive, ..)`, or remove it",
        ));
    }
    violations.extend(given.needs(
        "wait",
        "queue",
        "add how many calls may wait, as in `queue = 16`, or remove it",
    ));
    let (min, max) = (given.integer("min"), given.integer("max"));
    // Where one end is given, the other is its default.
    let (least, most) = (min.unwrap_or(4), max.unwrap_or(200));
    if given.has("adaptive") && least > most {
        let key = if min.is_some() { "min" } else { "max" };
        violations.push(Violation {
            key: Some(key),
            wrong: Wrong::new(
                format!("`min` is {least}, and `max` is {most}"),
                "write a `min` that is at most `max`",
            ),
        });
    }
    violations
}

#[cfg(test)]
mod tests {
    use crate::{Policy, Settings};

    fn rules(name: &str, text: &str) -> Vec<String> {
        let policy = Policy::named(name).expect(name);
        match Settings::parse(policy, text) {
            Ok(_) => Vec::new(),
            Err(wrong) => wrong.into_iter().map(|wrong| wrong.rule).collect(),
        }
    }

    #[test]
    fn what_a_policy_is_about_has_to_be_said() {
        assert_eq!(rules("timeout", ""), ["`timeout` has no duration"]);
        assert_eq!(rules("fallback", ""), ["`fallback` names no function"]);
        assert_eq!(
            rules("rate_limit", "burst = 2"),
            ["`rate_limit` has no rate"]
        );
        assert_eq!(
            rules("cache", "coalesce"),
            ["`cache` does not say how long an answer is good for"]
        );
        assert_eq!(
            rules("concurrency", "queue = 2"),
            ["`concurrency` has no limit"]
        );
        for name in ["retry", "hedge", "breaker", "throttle", "shed"] {
            assert!(
                rules(name, "").is_empty(),
                "{name} has a default for everything"
            );
        }
    }

    #[test]
    fn a_breaker_needs_what_its_keys_are_about() {
        assert_eq!(
            rules("breaker", "slow_ratio = 0.5"),
            ["`slow_ratio` says nothing without `slow`"]
        );
        assert!(rules("breaker", "slow = 1s, slow_ratio = 0.5").is_empty());
        assert_eq!(
            rules("breaker", "window = 10, min_calls = 11"),
            ["a window of 10 calls never holds the 11 of `min_calls`"]
        );
        assert!(rules("breaker", "window = 10, min_calls = 10").is_empty());
        assert_eq!(
            rules("breaker", "failures = 5, window = 10s"),
            ["`failures` counts failures in a row, of which `window` says nothing"]
        );
        assert!(rules("breaker", "failures = 5, ratio = 0.5, window = 10s").is_empty());
        assert_eq!(
            rules("breaker", "window = 99ms"),
            ["`window` must be at least 100ms"]
        );
        assert_eq!(
            rules("throttle", "window = 61m"),
            ["`window` must be at most 1h"]
        );
        assert_eq!(
            rules("breaker", "open = 1s..25h"),
            ["`open` must be at most 24h"]
        );
        assert_eq!(
            rules("breaker", "window = 10001"),
            ["`window` must be at most 10000 calls"]
        );
        assert!(rules("breaker", "window = 10").is_empty());
        assert!(rules("breaker", "window = 10s, min_calls = 1000").is_empty());
    }

    #[test]
    fn a_rate_limit_can_be_kept_and_can_be_met() {
        assert_eq!(
            rules("rate_limit", "5/s, max_keys = 7"),
            ["`max_keys` says nothing without `key`"]
        );
        assert_eq!(
            rules("rate_limit", "5/s, total = 7/s, key = everyone"),
            ["`total` says nothing without `key`"]
        );
        assert!(rules("rate_limit", "5/s, max_keys = 7, total = 7/s, key = peer").is_empty());
        assert_eq!(
            rules("rate_limit", "5/s, cost = 6"),
            ["a call of cost 6 never fits into a burst of 5"]
        );
        assert!(rules("rate_limit", "5/s, cost = 6, burst = 6").is_empty());
    }

    #[test]
    fn a_concurrency_limit_is_one_or_the_other() {
        assert_eq!(
            rules("concurrency", "64, adaptive"),
            ["a limit is either a number or adaptive"]
        );
        assert_eq!(
            rules("concurrency", "64, min = 4"),
            ["`min` says nothing without `adaptive`"]
        );
        assert_eq!(
            rules("concurrency", "64, wait = 50ms"),
            ["`wait` says nothing without `queue`"]
        );
        assert_eq!(
            rules("concurrency", "adaptive, min = 300"),
            ["`min` is 300, and `max` is 200"]
        );
        assert_eq!(
            rules("concurrency", "adaptive, max = 3"),
            ["`min` is 4, and `max` is 3"]
        );
        assert!(rules("concurrency", "64, adaptive = false").is_empty());
        assert!(
            rules(
                "concurrency",
                "adaptive, min = 8, max = 8, algorithm = aimd"
            )
            .is_empty()
        );
    }
}
