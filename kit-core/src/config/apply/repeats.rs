//! Policies that need the request itself: retries, hedges, the cache, the
//! fallback.

use kit_grammar::Value;

use super::{Settable, code_set, codes, with};
use crate::config::key_values::KeyValues;
use crate::model::policies::cache::CacheConfig;
use crate::model::policies::hedge::{HedgeConfig, HedgeDelay};
use crate::model::policies::retry::RetryConfig;
use crate::model::policies::{CodeSet, InvalidPolicy};

impl Settable for RetryConfig {
    const NAME: &'static str = "retry";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let config = base.unwrap_or_default();
        let config = with(config, given.integer("attempts"), Self::attempts);
        let config = with(config, given.range("backoff"), |config, (base, max)| {
            config.backoff(base, max)
        });
        let config = with(config, code_set(given, "on"), Self::on);
        let timeout = given.duration("attempt_timeout");
        let config = with(config, timeout, Self::attempt_timeout);
        let config = with(config, given.float("budget"), Self::budget);
        let config = with(config, given.duration("pushback_max"), Self::pushback_max);
        Some(with(config, given.flag("chain_stop"), Self::chain_stop))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = vec![
            ("attempts", Value::Integer(self.attempts)),
            ("backoff", Value::Range(self.backoff_base, self.backoff_max)),
            ("on", codes(self.on)),
            ("budget", Value::Float(self.budget)),
            ("pushback_max", Value::Duration(self.pushback_max)),
            ("chain_stop", Value::Flag(self.chain_stop)),
        ];
        let timeout = self.attempt_timeout;
        values.extend(timeout.map(|timeout| ("attempt_timeout", Value::Duration(timeout))));
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

impl Settable for HedgeConfig {
    const NAME: &'static str = "hedge";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let config = base.unwrap_or_default();
        let config = with(config, given.duration("after"), Self::after);
        let config = with(config, given.percentile("after"), Self::after_percentile);
        Some(with(config, given.float("extra_load"), Self::extra_load))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let after = match self.delay() {
            HedgeDelay::Fixed(time) => Value::Duration(time),
            HedgeDelay::Percentile(part) => Value::Percentile(part),
        };
        vec![
            ("after", after),
            ("extra_load", Value::Float(self.extra_load)),
        ]
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

impl Settable for CacheConfig {
    const NAME: &'static str = "cache";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let config = match (base, given.duration("ttl")) {
            (Some(base), Some(ttl)) => Self { ttl, ..base },
            (Some(base), None) => base,
            (None, ttl) => Self::new(ttl?),
        };
        let config = with(config, given.integer("capacity"), Self::capacity);
        let config = with(config, given.flag("coalesce"), Self::coalesce);
        let config = with(config, given.flag("any_metadata"), Self::any_metadata);
        Some(with(config, given.duration("stale"), Self::stale))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = vec![
            ("ttl", Value::Duration(self.ttl)),
            ("capacity", Value::Integer(self.capacity)),
            ("coalesce", Value::Flag(self.coalesce)),
            ("any_metadata", Value::Flag(self.any_metadata)),
        ];
        let stale = self.stale;
        values.extend(stale.map(|stale| ("stale", Value::Duration(stale))));
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

/// A fallback can only have its codes set: its function is code.
impl Settable for CodeSet {
    const NAME: &'static str = "fallback";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let base = base?;
        Some(code_set(given, "on").unwrap_or(base))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        vec![("path", Value::Path(String::new())), ("on", codes(*self))]
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Ok(())
    }
}
