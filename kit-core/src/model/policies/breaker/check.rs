//! Validation of a breaker's configuration.

use std::time::Duration;

use super::{BreakerConfig, MAX_FAILURES, MAX_PROBES, MAX_WINDOW_CALLS};
use crate::model::policies::invalid::checks;

const MIN_WINDOW: Duration = Duration::from_millis(100);
const MAX_WINDOW: Duration = Duration::from_secs(3600);
const MAX_OPEN: Duration = Duration::from_secs(24 * 3600);

checks!(BreakerConfig, Breaker);

impl BreakerConfig {
    const fn problem(&self) -> Option<&'static str> {
        if let Some(problem) = self.trigger_problem() {
            return Some(problem);
        }
        if self.min_calls == 0 {
            return Some("`min_calls` must be at least 1");
        }
        if nanos(self.window) < nanos(MIN_WINDOW) || nanos(self.window) > nanos(MAX_WINDOW) {
            return Some("`window` must be between 100ms and 1h");
        }
        if let Some(calls) = self.window_calls
            && (calls == 0 || calls > MAX_WINDOW_CALLS)
        {
            return Some("`window` must be between 1 and 10,000 calls");
        }
        if self.open_first.is_zero() {
            return Some("`open` must be longer than zero");
        }
        if nanos(self.open_first) > nanos(self.open_max) {
            return Some("`open` must not start longer than it ends");
        }
        if nanos(self.open_max) > nanos(MAX_OPEN) {
            return Some("`open` must be at most a day");
        }
        if self.probes == 0 || self.probes > MAX_PROBES {
            return Some("`probes` must be between 1 and 4,095");
        }
        None
    }

    const fn trigger_problem(&self) -> Option<&'static str> {
        if self.failures.is_none() && self.ratio.is_none() && self.slow.is_none() {
            return Some("one of `failures`, `ratio` and `slow` must be set");
        }
        if let Some(failures) = self.failures
            && (failures == 0 || failures > MAX_FAILURES)
        {
            return Some("`failures` must be between 1 and 16,777,215");
        }
        if let Some(ratio) = self.ratio
            && !(ratio > 0.0 && ratio <= 1.0)
        {
            return Some("`ratio` must be above 0 and at most 1");
        }
        if let Some(slow) = self.slow
            && slow.is_zero()
        {
            return Some("`slow` must be longer than zero");
        }
        if !(self.slow_ratio > 0.0 && self.slow_ratio <= 1.0) {
            return Some("`slow_ratio` must be above 0 and at most 1");
        }
        None
    }
}

const fn nanos(duration: Duration) -> u128 {
    duration.as_nanos()
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_value_is_named() {
        let new = BreakerConfig::new();
        let ms = Duration::from_millis;
        let cases = [
            (new.failures(0), "`failures`"),
            (new.failures(MAX_FAILURES + 1), "`failures`"),
            (new.ratio(0.0), "`ratio`"),
            (new.ratio(1.1), "`ratio`"),
            (new.ratio(f64::NAN), "`ratio`"),
            (new.min_calls(0), "`min_calls`"),
            (new.window(ms(99)), "`window`"),
            (new.window(Duration::from_secs(3601)), "`window`"),
            (new.window_calls(0), "`window`"),
            (new.window_calls(10_001), "`window`"),
            (new.slow(Duration::ZERO), "`slow`"),
            (new.slow_ratio(0.0), "`slow_ratio`"),
            (new.slow_ratio(f64::NAN), "`slow_ratio`"),
            (new.open(Duration::ZERO), "`open`"),
            (new.open_range(ms(2), ms(1)), "`open`"),
            (new.open(Duration::from_secs(86_401)), "`open`"),
            (new.probes(0), "`probes`"),
            (new.probes(4_096), "`probes`"),
        ];
        for (config, key) in cases {
            let problem = config.check().map_err(|error| error.problem());
            assert!(
                problem.is_err_and(|problem| problem.starts_with(key)),
                "{config:?}: {problem:?}"
            );
        }
        let none = BreakerConfig { ratio: None, ..new };
        assert!(none.check().is_err());
    }

    #[test]
    fn the_bounds_themselves_are_right() {
        let new = BreakerConfig::new();
        let cases = [
            new,
            BreakerConfig::consecutive(1),
            new.failures(MAX_FAILURES).ratio(1.0).slow_ratio(1.0),
            new.window(MIN_WINDOW).probes(1).min_calls(1),
            new.window(MAX_WINDOW).probes(MAX_PROBES).open(MAX_OPEN),
            new.window_calls(1).slow(Duration::from_nanos(1)),
            new.window_calls(MAX_WINDOW_CALLS),
        ];
        for config in cases {
            assert_eq!(config.check(), Ok(()), "{config:?}");
        }
    }

    #[test]
    fn min_calls_is_no_more_than_the_call_window_holds() {
        let config = BreakerConfig::new().min_calls(100);
        assert_eq!(config.effective_min_calls(), 100);
        assert_eq!(config.window_calls(10).effective_min_calls(), 10);
        assert_eq!(config.window_calls(200).effective_min_calls(), 100);
    }
}
