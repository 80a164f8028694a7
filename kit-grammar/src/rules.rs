//! What the keys of a policy mean together.
//!
//! A value that only the compiler knows breaks no rule here; the policy's own
//! `checked` judges it.

use crate::Wrong;
use crate::policy::Policy;
use crate::settings::Setting;
use crate::value::Value;

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
        "rate_limit" => given.required("rate", "has no rate"),
        "breaker" => breaker(&given),
        "concurrency" => concurrency(&given),
        _ => Vec::new(),
    }
}

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
    let window = given
        .setting("window")
        .and_then(|window| window.value.as_ref());
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
        assert!(rules("breaker", "window = 10").is_empty());
        assert!(rules("breaker", "window = 10s, min_calls = 1000").is_empty());
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
