//! What watches how calls end: the breaker and the throttle.

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
            // As in the attribute: who asks for failures in a row alone gets
            // no ratio beside them.
            (None, Some(failures)) if !given.has("ratio") => Self::consecutive(failures),
            (None, failures) => with(Self::new(), failures, Self::failures),
        };
        let config = with(config, given.float("ratio"), Self::ratio);
        let config = with(config, given.integer("min_calls"), Self::min_calls);
        let config = with(config, given.duration("window"), Self::window);
        let config = with(config, given.calls("window"), Self::window_calls);
        let config = with(config, given.duration("slow"), Self::slow);
        let config = with(config, given.float("slow_ratio"), Self::slow_ratio);
        let config = with(config, given.range("open"), |config, (first, longest)| {
            config.open_range(first, longest)
        });
        let config = with(config, given.integer("probes"), Self::probes);
        Some(with(config, code_set(given, "on"), Self::failures_on))
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        let failures = self.failures_limit();
        values.extend(failures.map(|failures| ("failures", Value::Integer(failures))));
        let ratio = self.ratio_limit();
        values.extend(ratio.map(|ratio| ("ratio", Value::Float(ratio))));
        // Failures in a row have no window.
        if self.ratio_limit().is_some() || self.slow_time().is_some() {
            values.push(("min_calls", Value::Integer(self.min_calls_needed())));
            let time = self.window_time().map(Value::Duration);
            let window = time.or(self.window_size().map(Value::Calls));
            values.extend(window.map(|window| ("window", window)));
        }
        let slow = self.slow_time();
        values.extend(slow.map(|slow| ("slow", Value::Duration(slow))));
        values.extend(slow.map(|_| ("slow_ratio", Value::Float(self.slow_limit()))));
        let open = Value::Range(self.open_first(), self.open_longest());
        values.push(("open", open));
        values.push(("probes", Value::Integer(self.probes_needed())));
        values.extend(own_failures(self.outcome_classes()));
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
            ("k", Value::Float(self.multiplier())),
            ("window", Value::Duration(self.window_time())),
            ("min_calls", Value::Integer(self.min_calls_needed())),
        ];
        values.extend(own_failures(self.outcome_classes()));
        values
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Self::check(self)
    }
}
