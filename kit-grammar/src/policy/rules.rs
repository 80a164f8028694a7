//! Rules about several keys of one policy.
//!
//! Values that only the compiler knows are not checked here, but by `checked`
//! of the policy's configuration.

use std::time::Duration;

use super::definition::Policy;
use super::setting::Setting;
use crate::values::{CountedBy, Problem, Value, duration};

/// A rule that a combination of keys breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The key to report it at; `None` where a setting is missing.
    pub key: Option<&'static str>,
    /// The rule and the way out.
    pub problem: Problem,
}

/// Checks the settings of a policy together.
pub fn check(policy: &'static Policy, settings: &[Setting]) -> Vec<Violation> {
    let keys = Keys { policy, settings };
    match policy.name {
        "timeout" => keys.required("limit", "has no duration"),
        "fallback" => keys.required("path", "names no function"),
        "cache" => keys.required("ttl", "has no `ttl`"),
        "rate_limit" => rate_limit(&keys),
        "throttle" => keys.between("window", WINDOW).into_iter().collect(),
        "breaker" => breaker(&keys),
        "concurrency" => concurrency(&keys),
        _ => Vec::new(),
    }
}

/// The bounds of a time window. Calls of more than an hour ago do not describe the
/// present.
const WINDOW: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3_600));

/// The bounds of a breaker's open time.
const OPEN: (Duration, Duration) = (Duration::from_nanos(1), Duration::from_secs(86_400));

/// The most calls in a breaker's window.
const WINDOW_CALLS: u32 = 10_000;

/// The settings of a policy, by key.
struct Keys<'a> {
    policy: &'static Policy,
    settings: &'a [Setting],
}

impl Keys<'_> {
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
            problem: Problem::new(
                format!("`{}` {rule}", self.policy.name),
                format!("write `{}({})`", self.policy.name, self.policy.example),
            ),
        }]
    }

    /// A violation where a duration, or an end of a range, is out of bounds.
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
            problem: Problem::new(rule, format!("write `{name} = {example}`")),
        })
    }

    /// A violation where a key is set without another one that it needs.
    fn needs(&self, name: &'static str, other: &str, help: &str) -> Option<Violation> {
        (self.has(name) && !self.has(other)).then(|| Violation {
            key: Some(name),
            problem: Problem::new(format!("`{name}` has no effect without `{other}`"), help),
        })
    }
}

fn breaker(keys: &Keys<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    violations.extend(keys.needs(
        "slow_ratio",
        "slow",
        "add the duration of a slow call, as in `slow = \"500ms\"`, or remove it",
    ));
    violations.extend(keys.between("window", WINDOW));
    violations.extend(keys.between("open", OPEN));
    let has_ratio = keys.has("ratio") || keys.has("slow");
    for key in ["window", "min_calls"] {
        if keys.has("failures") && keys.has(key) && !has_ratio {
            violations.push(Violation {
                key: Some(key),
                problem: Problem::new(
                    format!(
                        "`{key}` has no effect on `failures`, which counts consecutive failures"
                    ),
                    "add the ratio of failures, as in `ratio = 0.5`, or remove it",
                ),
            });
        }
    }
    let window = keys
        .setting("window")
        .and_then(|window| window.value.as_ref());
    if let Some(Value::Calls(calls)) = window
        && *calls > WINDOW_CALLS
    {
        violations.push(Violation {
            key: Some("window"),
            problem: Problem::new(
                format!("`window` must be at most {WINDOW_CALLS} calls"),
                "write fewer calls, or a duration, as in `window = \"10s\"`",
            ),
        });
    }
    if let (Some(Value::Calls(window)), Some(min_calls)) = (window, keys.integer("min_calls"))
        && min_calls > *window
    {
        violations.push(Violation {
            key: Some("min_calls"),
            problem: Problem::new(
                format!("`min_calls` is {min_calls}, but the window holds only {window} calls"),
                format!("write a `window` of at least {min_calls}, or a smaller `min_calls`"),
            ),
        });
    }
    violations
}

fn rate_limit(keys: &Keys<'_>) -> Vec<Violation> {
    let mut violations = keys.required("rate", "has no rate");
    let everyone = Some(Value::CountedBy(CountedBy::Everyone));
    let keyed = keys.setting("key").is_some_and(|key| key.value != everyone);
    for key in ["max_keys", "total"] {
        if keys.has(key) && !keyed {
            violations.push(Violation {
                key: Some(key),
                problem: Problem::new(
                    format!("`{key}` has no effect without `key`"),
                    "add what identifies a caller, as in `key = peer`, or remove it",
                ),
            });
        }
    }
    let rate = keys.setting("rate").and_then(|rate| rate.value.as_ref());
    let count = match rate {
        Some(Value::Rate(rate)) => Some(rate.count),
        _ => None,
    };
    let burst = match keys.setting("burst") {
        Some(_) => keys.integer("burst"),
        None => count,
    };
    if let (Some(cost), Some(burst)) = (keys.integer("cost"), burst)
        && cost > burst
    {
        violations.push(Violation {
            key: Some("cost"),
            problem: Problem::new(
                format!("a call of cost {cost} never fits into a burst of {burst}"),
                "write a smaller `cost`, or a larger `burst`",
            ),
        });
    }
    violations
}

fn concurrency(keys: &Keys<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    match (keys.setting("limit").is_some(), keys.has("adaptive")) {
        (true, true) => violations.push(Violation {
            key: Some("adaptive"),
            problem: Problem::new(
                "a limit is either a number or adaptive",
                "keep one of them; an adaptive limit has its bounds in `min` and `max`",
            ),
        }),
        (false, false) => violations.push(Violation {
            key: None,
            problem: Problem::new(
                "`concurrency` has no limit",
                "write a number, as in `concurrency(64)`, or `concurrency(adaptive)`",
            ),
        }),
        _ => {}
    }
    for key in ["algorithm", "min", "max"] {
        violations.extend(keys.needs(
            key,
            "adaptive",
            "write `concurrency(adaptive, ..)`, or remove it",
        ));
    }
    violations.extend(keys.needs(
        "wait",
        "queue",
        "add the number of calls that may wait, as in `queue = 16`, or remove it",
    ));
    let (min, max) = (keys.integer("min"), keys.integer("max"));
    // A bound that is not set has its default.
    let (least, most) = (min.unwrap_or(4), max.unwrap_or(200));
    if keys.has("adaptive") && least > most {
        let key = if min.is_some() { "min" } else { "max" };
        violations.push(Violation {
            key: Some(key),
            problem: Problem::new(
                format!("`min` is {least}, but `max` is only {most}"),
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
            Err(problems) => problems.into_iter().map(|problem| problem.rule).collect(),
        }
    }

    #[test]
    fn required_keys_are_reported() {
        assert_eq!(rules("timeout", ""), ["`timeout` has no duration"]);
        assert_eq!(rules("fallback", ""), ["`fallback` names no function"]);
        assert_eq!(
            rules("rate_limit", "burst = 2"),
            ["`rate_limit` has no rate"]
        );
        assert_eq!(rules("cache", "coalesce"), ["`cache` has no `ttl`"]);
        assert_eq!(
            rules("concurrency", "queue = 2"),
            ["`concurrency` has no limit"]
        );
        for name in ["retry", "hedge", "breaker", "throttle", "shed"] {
            assert!(
                rules(name, "").is_empty(),
                "every key of `{name}` has a default"
            );
        }
    }

    #[test]
    fn breaker_keys_are_consistent() {
        assert_eq!(
            rules("breaker", "slow_ratio = 0.5"),
            ["`slow_ratio` has no effect without `slow`"]
        );
        assert!(rules("breaker", "slow = 1s, slow_ratio = 0.5").is_empty());
        assert_eq!(
            rules("breaker", "window = 10, min_calls = 11"),
            ["`min_calls` is 11, but the window holds only 10 calls"]
        );
        assert!(rules("breaker", "window = 10, min_calls = 10").is_empty());
        assert_eq!(
            rules("breaker", "failures = 5, window = 10s"),
            ["`window` has no effect on `failures`, which counts consecutive failures"]
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
    fn rate_limit_keys_are_consistent() {
        assert_eq!(
            rules("rate_limit", "5/s, max_keys = 7"),
            ["`max_keys` has no effect without `key`"]
        );
        assert_eq!(
            rules("rate_limit", "5/s, total = 7/s, key = everyone"),
            ["`total` has no effect without `key`"]
        );
        assert!(rules("rate_limit", "5/s, max_keys = 7, total = 7/s, key = peer").is_empty());
        assert_eq!(
            rules("rate_limit", "5/s, cost = 6"),
            ["a call of cost 6 never fits into a burst of 5"]
        );
        assert!(rules("rate_limit", "5/s, cost = 6, burst = 6").is_empty());
    }

    #[test]
    fn a_concurrency_limit_is_fixed_or_adaptive() {
        assert_eq!(
            rules("concurrency", "64, adaptive"),
            ["a limit is either a number or adaptive"]
        );
        assert_eq!(
            rules("concurrency", "64, min = 4"),
            ["`min` has no effect without `adaptive`"]
        );
        assert_eq!(
            rules("concurrency", "64, wait = 50ms"),
            ["`wait` has no effect without `queue`"]
        );
        assert_eq!(
            rules("concurrency", "adaptive, min = 300"),
            ["`min` is 300, but `max` is only 200"]
        );
        assert_eq!(
            rules("concurrency", "adaptive, max = 3"),
            ["`min` is 4, but `max` is only 3"]
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
