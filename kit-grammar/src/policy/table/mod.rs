//! The table of all policies and their keys.
//!
//! A change here changes the attributes, the configuration and the messages of
//! both.

mod breaker;
mod cache;
mod concurrency;
mod fallback;
mod hedge;
mod key;
mod rate_limit;
mod retry;
mod shed;
mod throttle;
mod timeout;

use self::{
    breaker::BREAKER, cache::CACHE, concurrency::CONCURRENCY, fallback::FALLBACK, hedge::HEDGE,
    rate_limit::RATE_LIMIT, retry::RETRY, shed::SHED, throttle::THROTTLE, timeout::TIMEOUT,
};
use super::definition::Policy;

/// All policies: `timeout`, then those that apply to clients by default, then
/// those that apply to servers.
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

impl Policy {
    /// Finds a policy by name.
    pub fn named(name: &str) -> Option<&'static Self> {
        POLICIES.iter().find(|policy| policy.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::settings::Settings;

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
