//! From values to a policy's own configuration, and back.
//!
//! One implementation a policy: `build` puts the keys that are given over what
//! was declared, with the policy's builder; `values` says what holds, in the
//! words of the grammar.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kit_grammar::{CountedBy, POLICIES, Policy, Value};

use super::given::Given;
use crate::policy::InvalidPolicy;
use crate::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimitStore};

/// A policy's configuration that keys can change.
pub(super) trait Settable: Copy {
    /// The name of its attribute.
    const NAME: &'static str;

    /// The base with what is given over it. `None` where something is missing
    /// without which there is no such policy, which the grammar's rules report.
    fn build(base: Option<Self>, given: &Given<'_>) -> Option<Self>;

    /// What holds, by key; a key that nothing holds for is left out.
    fn values(&self) -> Vec<(&'static str, Value)>;

    /// What the policy itself says of it.
    fn check(&self) -> Result<(), InvalidPolicy>;

    /// What can be said of it.
    fn policy() -> &'static Policy {
        Policy::named(Self::NAME).unwrap_or(&POLICIES[0])
    }
}

/// A configuration with one more value, where there is one.
fn with<C, V>(config: C, value: Option<V>, set: impl FnOnce(C, V) -> C) -> C {
    match value {
        Some(value) => set(config, value),
        None => config,
    }
}

/// The longest that a call may take is all there is to a timeout.
impl Settable for Duration {
    const NAME: &'static str = "timeout";

    fn build(base: Option<Self>, given: &Given<'_>) -> Option<Self> {
        given.duration("limit").or(base)
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        vec![("limit", Value::Duration(*self))]
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Ok(())
    }
}

impl Settable for RateLimitConfig {
    const NAME: &'static str = "rate_limit";

    fn build(base: Option<Self>, given: &Given<'_>) -> Option<Self> {
        let rate = given
            .rate("rate")
            .map(|rate| Rate::new(rate.count, rate.per));
        let config = match (base, rate) {
            (Some(base), Some(rate)) => at_rate(base, rate),
            (Some(base), None) => base,
            (None, rate) => Self::new(rate?),
        };
        let config = with(config, given.integer("burst"), Self::burst);
        let config = with(config, given.duration("wait"), Self::wait);
        let config = with(config, given.integer("max_keys"), Self::max_keys);
        let config = with(config, given.word("store"), |config, store| {
            config.store(match store {
                "redis" => RateLimitStore::Redis,
                _ => RateLimitStore::Local,
            })
        });
        Some(match given.value("key") {
            Some(Value::CountedBy(key)) => config.key(counted_by(key)),
            _ => config,
        })
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let rate = kit_grammar::Rate {
            count: self.rate().count(),
            per: self.rate().per(),
        };
        let mut values = vec![
            ("rate", Value::Rate(rate)),
            ("burst", Value::Integer(self.burst_size())),
        ];
        values.extend(self.wait_max().map(|wait| ("wait", Value::Duration(wait))));
        let key = match self.keyed() {
            RateLimitKey::Everyone => CountedBy::Everyone,
            RateLimitKey::Peer => CountedBy::Peer,
            RateLimitKey::Identity => CountedBy::Identity,
            RateLimitKey::Header(name) => CountedBy::Header(name.to_owned()),
            RateLimitKey::Argument(name) => CountedBy::Argument(name.to_owned()),
        };
        let store = match self.stored() {
            RateLimitStore::Local => "local",
            RateLimitStore::Redis => "redis",
        };
        values.extend([
            ("key", Value::CountedBy(key)),
            ("max_keys", Value::Integer(self.keys_max())),
            ("store", Value::Word(store)),
        ]);
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

/// The same limit at another rate. A burst that was as large as the rate stays
/// so.
fn at_rate(base: RateLimitConfig, rate: Rate) -> RateLimitConfig {
    let mut config = RateLimitConfig::new(rate)
        .cost(base.cost_of_call())
        .key(base.keyed())
        .max_keys(base.keys_max())
        .store(base.stored());
    if base.burst_size() != base.rate().count() {
        config = config.burst(base.burst_size());
    }
    let config = with(config, base.wait_max(), RateLimitConfig::wait);
    with(config, base.total_rate(), RateLimitConfig::total)
}

fn counted_by(key: &CountedBy) -> RateLimitKey {
    match key {
        CountedBy::Everyone => RateLimitKey::Everyone,
        CountedBy::Peer => RateLimitKey::Peer,
        CountedBy::Identity => RateLimitKey::Identity,
        CountedBy::Header(name) => RateLimitKey::Header(interned(name)),
        CountedBy::Argument(name) => RateLimitKey::Argument(interned(name)),
    }
}

/// A name for good: configurations are constants elsewhere, so their names
/// live for ever. Each is kept once, however often a file is read.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = String::leak(name.to_owned());
    names.insert(name);
    name
}
