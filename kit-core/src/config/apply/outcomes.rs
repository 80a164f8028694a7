//! Policies that count outcomes: the breaker and the throttle.

use kit_grammar::Value;

use super::{Settable, code_set, own_failures, with};
use crate::config::key_values::KeyValues;
use crate::model::policies::InvalidPolicy;
use crate::model::policies::breaker::BreakerConfig;
use crate::model::policies::throttle::ThrottleConfig;

impl Settable for BreakerConfig {
    const NAME: &'static str = "breaker";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let failures = given.integer("failures");
        let config = match (base, failures) {
            (Some(base), _) => with(base, failures, Self::failures),
            // As in the attribute: `failures` without `ratio` disables the
            // ratio.
            (None, Some(failures)) if !given.has("ratio") => Self::consecutive(failures),
            (None, failures) => with(Self::new(), failures, Self::failures),
        };
        let config = with(config, given.float("ratio"), Self::ratio);
        let config = with(config, given.integer("min_calls"), Self::min_calls);
        let config = with(config, given.duration("window"), Self::window);
        let config = with(config, given.calls("window"), Self::window_calls);
        let config = with(config, given.duration("slow"), Self::slow);
        let config = with(config, given.float("slow_ratio"), Self::slow_ratio);
        let config = with(config, given.range("open"), |config, (first, max)| {
            config.open_range(first, max)
        });
        let config = with(config, given.integer("probes"), Self::probes);
        Some(with(config, code_set(given, "on"), Self::failures_on))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        let failures = self.failures;
        values.extend(failures.map(|failures| ("failures", Value::Integer(failures))));
        let ratio = self.ratio;
        values.extend(ratio.map(|ratio| ("ratio", Value::Float(ratio))));
        // Consecutive failures use no window.
        if self.ratio.is_some() || self.slow.is_some() {
            values.push(("min_calls", Value::Integer(self.effective_min_calls())));
            let time = Value::Duration(self.window);
            values.push(("window", self.window_calls.map_or(time, Value::Calls)));
        }
        let slow = self.slow;
        values.extend(slow.map(|slow| ("slow", Value::Duration(slow))));
        values.extend(slow.map(|_| ("slow_ratio", Value::Float(self.slow_ratio))));
        let open = Value::Range(self.open_first, self.open_max);
        values.push(("open", open));
        values.push(("probes", Value::Integer(self.probes)));
        values.extend(own_failures(self.classes));
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}

impl Settable for ThrottleConfig {
    const NAME: &'static str = "throttle";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        let config = base.unwrap_or_default();
        let config = with(config, given.float("k"), Self::k);
        let config = with(config, given.duration("window"), Self::window);
        let config = with(config, given.integer("min_calls"), Self::min_calls);
        Some(with(config, code_set(given, "on"), Self::failures_on))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = vec![
            ("k", Value::Float(self.k)),
            ("window", Value::Duration(self.window)),
            ("min_calls", Value::Integer(self.min_calls)),
        ];
        values.extend(own_failures(self.classes));
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}
