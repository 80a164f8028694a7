//! Rate limits, concurrency limits and load shedding.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use kit_grammar::{CountedBy, LOCAL_STORE, Value};

use super::{Settable, with};
use crate::config::key_values::KeyValues;
use crate::model::policies::InvalidPolicy;
use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};
use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimitStore};
use crate::model::policies::shed::ShedConfig;

impl Settable for RateLimitConfig {
    const NAME: &'static str = "rate_limit";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let rate = given
            .rate("rate")
            .map(|rate| Rate::new(rate.count, rate.per));
        let config = match (base, rate) {
            (Some(base), Some(rate)) => at_rate(base, rate),
            (Some(base), None) => base,
            (None, rate) => Self::new(rate?),
        };
        let config = with(config, given.integer("burst"), Self::burst);
        let config = with(config, given.integer("cost"), Self::cost);
        let total = given.rate("total");
        let config = with(config, total, |config, total| {
            config.total(Rate::new(total.count, total.per))
        });
        let config = with(config, given.duration("wait"), Self::wait);
        let config = with(config, given.integer("max_keys"), Self::max_keys);
        let config = match given.value("store") {
            Some(Value::Name(name)) => config.store(store(name)),
            _ => config,
        };
        Some(match given.value("key") {
            Some(Value::CountedBy(key)) => config.key(counted_by(key)),
            _ => config,
        })
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let rate = |rate: Rate| {
            Value::Rate(kit_grammar::Rate {
                count: rate.count,
                per: rate.per,
            })
        };
        let mut values = vec![
            ("rate", rate(self.rate)),
            ("burst", Value::Integer(self.burst)),
            ("cost", Value::Integer(self.cost)),
        ];
        values.extend(self.total.map(|total| ("total", rate(total))));
        values.extend(self.wait.map(|wait| ("wait", Value::Duration(wait))));
        let key = match self.key {
            RateLimitKey::Everyone => CountedBy::Everyone,
            RateLimitKey::Peer => CountedBy::Peer,
            RateLimitKey::Identity => CountedBy::Identity,
            RateLimitKey::Header(name) => CountedBy::Header(name.to_owned()),
            RateLimitKey::Argument(name) => CountedBy::Argument(name.to_owned()),
        };
        values.extend([
            ("key", Value::CountedBy(key)),
            ("max_keys", Value::Integer(self.max_keys)),
            ("store", Value::Name(self.store.name().to_owned())),
        ]);
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

/// Changes the rate of a limit. A burst equal to the rate's count follows it.
fn at_rate(base: RateLimitConfig, rate: Rate) -> RateLimitConfig {
    let mut config = RateLimitConfig { rate, ..base };
    if base.burst == base.rate.count {
        config.burst = rate.count;
    }
    config
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

fn store(name: &str) -> RateLimitStore {
    match name {
        LOCAL_STORE => RateLimitStore::Local,
        _ => RateLimitStore::Named(interned(name)),
    }
}

/// Interns a name: configurations are usually constants, so their names are
/// `'static`. Each is leaked once, however often a file is read.
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

impl Settable for ConcurrencyConfig {
    const NAME: &'static str = "concurrency";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let start = match (given.integer("limit"), given.flag("adaptive")) {
            (Some(limit), _) => Some(Self::new(limit)),
            // A limit that is adaptive already keeps its bounds.
            (None, Some(true)) if base.is_none_or(|base| base.limit.is_some()) => {
                Some(Self::adaptive())
            }
            _ => None,
        };
        let config = match (start, base) {
            // Only the bounds and the algorithm belong to the replaced limit.
            (Some(start), Some(base)) => Self {
                queue: base.queue,
                wait: base.wait,
                classes: base.classes,
                ..start
            },
            (start, base) => start.or(base)?,
        };
        let config = with(config, given.word("algorithm"), |config, algorithm| {
            config.algorithm(match algorithm {
                "vegas" => AdaptiveLimit::Vegas,
                "aimd" => AdaptiveLimit::Aimd,
                _ => AdaptiveLimit::Gradient,
            })
        });
        let config = with(config, given.integer("min"), Self::min);
        let config = with(config, given.integer("max"), Self::max);
        let config = with(config, given.integer("queue"), Self::queue);
        Some(with(config, given.duration("wait"), Self::wait))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = vec![("adaptive", Value::Flag(self.limit.is_none()))];
        values.extend(self.limit.map(|limit| ("limit", Value::Integer(limit))));
        if let Some(algorithm) = self.adaptive_algorithm() {
            values.extend([
                ("algorithm", Value::Word(algorithm.name())),
                ("min", Value::Integer(self.min)),
                ("max", Value::Integer(self.max)),
            ]);
        }
        values.extend([
            ("queue", Value::Integer(self.queue)),
            ("wait", Value::Duration(self.wait)),
        ]);
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

impl Settable for ShedConfig {
    const NAME: &'static str = "shed";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let config = base.unwrap_or_default();
        Some(with(config, given.float("cpu"), Self::cpu))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        vec![("cpu", Value::Float(self.cpu))]
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}
