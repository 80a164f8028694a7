//! Rules about several policies of one method on one side.

use std::time::Duration;

/// The policies of one side of a method, reduced to what the rules compare.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossPolicyRules<'a> {
    /// Whether there is a breaker.
    pub breaker: bool,
    /// Whether there is a throttle.
    pub throttle: bool,
    /// The maximum duration of one attempt of a retry.
    pub attempt: Option<Duration>,
    /// The maximum duration of a call.
    pub timeout: Option<Duration>,
    /// The argument by which a rate limit identifies callers.
    pub counted: Option<&'a str>,
    /// The argument that the method is compiled to count by.
    pub read: Option<&'a str>,
    /// The setting of a rate limit that a plain function does not support;
    /// `None` for a method.
    pub unsupported: Option<Unsupported>,
}

/// A setting of a rate limit that a plain function does not support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// A limit per caller.
    Key,
    /// A store that other processes share.
    Store,
}

/// Policies that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The policies and keys involved; the key is empty where the problem is
    /// that the policy is on.
    pub places: Vec<(&'static str, &'static str)>,
    /// The rule.
    pub rule: String,
    /// The way out.
    pub help: String,
}

impl CrossPolicyRules<'_> {
    /// All contradictions.
    pub fn clashes(&self) -> Vec<Clash> {
        let checks = [
            self.alternatives(),
            self.attempt_timeout(),
            self.counted_argument(),
            self.unsupported_setting(),
        ];
        checks.into_iter().flatten().collect()
    }

    fn alternatives(&self) -> Option<Clash> {
        (self.breaker && self.throttle).then(|| Clash {
            places: vec![("breaker", ""), ("throttle", "")],
            rule: "`breaker` and `throttle` are alternatives, so only one can be on".to_owned(),
            help: "set one of them to `\"off\"`".to_owned(),
        })
    }

    fn attempt_timeout(&self) -> Option<Clash> {
        (self.attempt? >= self.timeout?).then(|| Clash {
            places: vec![("retry", "attempt_timeout"), ("timeout", "limit")],
            rule: "the `attempt_timeout` of `retry` is not shorter than the `timeout`".to_owned(),
            help: "write one that leaves time for a second attempt".to_owned(),
        })
    }

    fn unsupported_setting(&self) -> Option<Clash> {
        let (key, rule) = match self.unsupported? {
            Unsupported::Key => (
                "key",
                "a plain function can't identify its callers, so all share one limit",
            ),
            Unsupported::Store => ("store", "a plain function can't use a shared store"),
        };
        Some(Clash {
            places: vec![("rate_limit", key)],
            rule: rule.to_owned(),
            help: format!("remove `{key}`"),
        })
    }

    fn counted_argument(&self) -> Option<Clash> {
        let name = self.counted.filter(|_| self.unsupported.is_none())?;
        (self.read != self.counted).then(|| Clash {
            places: vec![("rate_limit", "key")],
            rule: format!("the method is not compiled to limit calls by argument `{name}`"),
            help: format!("write `key = arg({name})` in its `#[rate_limit(..)]`"),
        })
    }
}
