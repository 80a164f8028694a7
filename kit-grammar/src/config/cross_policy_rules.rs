//! What the policies of one method mean together on one side.

use std::time::Duration;

/// What holds on one side of a method, as far as policies are about each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossPolicyRules<'a> {
    /// Whether there is a breaker.
    pub breaker: bool,
    /// Whether there is a throttle.
    pub throttle: bool,
    /// The longest that one attempt of a retry may take.
    pub attempt: Option<Duration>,
    /// The longest that a call may take.
    pub timeout: Option<Duration>,
    /// The argument that a rate limit tells callers apart by.
    pub counted: Option<&'a str>,
    /// The argument that the method's code reads for it.
    pub read: Option<&'a str>,
    /// What a rate limit has that a plain function can't have; nothing for a
    /// method.
    pub foreign: Option<Foreign>,
}

/// What a plain function can't have of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Callers, told apart.
    Callers,
    /// Other processes to share it with.
    Store,
}

/// Policies that mean nothing together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The policies and keys that it is about; a key is empty where a policy
    /// being on is what is wrong.
    pub places: Vec<(&'static str, &'static str)>,
    /// The rule.
    pub rule: String,
    /// The way out.
    pub help: String,
}

impl CrossPolicyRules<'_> {
    /// All that clashes.
    pub fn clashes(&self) -> Vec<Clash> {
        let checks = [
            self.alternatives(),
            self.attempts(),
            self.counts(),
            self.strange(),
        ];
        checks.into_iter().flatten().collect()
    }

    fn alternatives(&self) -> Option<Clash> {
        (self.breaker && self.throttle).then(|| Clash {
            places: vec![("breaker", ""), ("throttle", "")],
            rule: "`breaker` and `throttle` do the same, each in its way".to_owned(),
            help: "switch one of them `\"off\"`".to_owned(),
        })
    }

    fn attempts(&self) -> Option<Clash> {
        (self.attempt? >= self.timeout?).then(|| Clash {
            places: vec![("retry", "attempt_timeout"), ("timeout", "limit")],
            rule: "the `attempt_timeout` of `retry` is not less than the `timeout`".to_owned(),
            help: "write one that leaves time for a second try".to_owned(),
        })
    }

    fn strange(&self) -> Option<Clash> {
        let (key, rule) = match self.foreign? {
            Foreign::Callers => (
                "key",
                "a plain function does not know who calls it, so all callers share its limit",
            ),
            Foreign::Store => (
                "store",
                "a plain function has nobody to give it the store that it would share",
            ),
        };
        Some(Clash {
            places: vec![("rate_limit", key)],
            rule: rule.to_owned(),
            help: format!("remove `{key}`"),
        })
    }

    fn counts(&self) -> Option<Clash> {
        let name = self.counted.filter(|_| self.foreign.is_none())?;
        (self.read != self.counted).then(|| Clash {
            places: vec![("rate_limit", "key")],
            rule: format!("the code of the method does not read `{name}` for a rate limit"),
            help: format!("write `key = arg({name})` in its `#[rate_limit(..)]`"),
        })
    }
}
