//! What needs the call itself: retries, hedges, the cache, the fallback.

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
        let config = with(
            config,
            given.range("backoff"),
            |config, (first, longest)| config.backoff(first, longest),
        );
        let config = with(config, code_set(given, "on"), Self::on);
        let timeout = given.duration("attempt_timeout");
        let config = with(config, timeout, Self::attempt_timeout);
        let config = with(config, given.float("budget"), Self::budget);
        let config = with(config, given.duration("pushback_max"), Self::pushback_max);
        Some(with(config, given.flag("chain_stop"), Self::chain_stop))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let (first, longest) = self.backoff_range();
        let mut values = vec![
            ("attempts", Value::Integer(self.most_attempts())),
            ("backoff", Value::Range(first, longest)),
            ("on", codes(self.codes())),
            ("budget", Value::Float(self.retries_per_call())),
            ("pushback_max", Value::Duration(self.longest_pushback())),
            ("chain_stop", Value::Flag(self.stops_chains())),
        ];
        let timeout = self.longest_attempt();
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
            ("extra_load", Value::Float(self.most_extra_load())),
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
            (Some(base), Some(ttl)) => {
                let config = Self::new(ttl)
                    .capacity(base.most_entries())
                    .coalesce(base.coalesces())
                    .any_metadata(base.takes_any_metadata());
                with(config, base.longest_stale(), Self::stale)
            }
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
            ("ttl", Value::Duration(self.ttl())),
            ("capacity", Value::Integer(self.most_entries())),
            ("coalesce", Value::Flag(self.coalesces())),
            ("any_metadata", Value::Flag(self.takes_any_metadata())),
        ];
        let stale = self.longest_stale();
        values.extend(stale.map(|stale| ("stale", Value::Duration(stale))));
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

/// The codes that are answered for are all there is to a fallback, beside the
/// function that only an attribute can name.
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
