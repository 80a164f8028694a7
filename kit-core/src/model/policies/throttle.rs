//! What a throttle is set to.

use std::time::Duration;

use crate::model::policies::invalid::checks;
use crate::model::policies::{CodeSet, OutcomeClasses};

const MIN_WINDOW: Duration = Duration::from_millis(100);
const MAX_WINDOW: Duration = Duration::from_secs(3600);

/// The settings of a [`Throttle`](crate::policy::throttle::Throttle).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::throttle::ThrottleConfig;
///
/// const SEARCH: ThrottleConfig = ThrottleConfig::new()
///     .k(1.5)
///     .window(Duration::from_secs(30))
///     .checked();
/// assert_eq!(SEARCH.multiplier(), 1.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThrottleConfig {
    k: f64,
    window: Duration,
    min_calls: u32,
    classes: OutcomeClasses,
}

checks!(ThrottleConfig, Throttle);

impl ThrottleConfig {
    /// Twice what the peer accepts, over 10 s, from 20 calls on;
    /// [`OutcomeClasses::DEFAULT`].
    pub const fn new() -> Self {
        Self {
            k: 2.0,
            window: Duration::from_secs(10),
            min_calls: 20,
            classes: OutcomeClasses::DEFAULT,
        }
    }

    /// How many calls are sent for each that the peer accepts: at least 1.
    /// Less drops sooner, more lets the peer refuse more by itself, and learns
    /// sooner that it is well. 2 by default.
    #[must_use]
    pub const fn k(mut self, k: f64) -> Self {
        self.k = k;
        self
    }

    /// How far back it looks, 100 ms to 1 h; 10 s by default. The window
    /// slides in 16 steps.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Drops nothing before the window has that many calls. 20 by default, at
    /// least 1.
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.min_calls = calls;
        self
    }

    /// How the ends of calls count: a success was accepted, a failure and a
    /// soft outcome were not, an ignored one was no call.
    /// [`OutcomeClasses::DEFAULT`] by default.
    #[must_use]
    pub const fn classes(mut self, classes: OutcomeClasses) -> Self {
        self.classes = classes;
        self
    }

    /// These codes are failures, in place of those that were.
    #[must_use]
    pub const fn failures_on(mut self, codes: CodeSet) -> Self {
        self.classes = self.classes.failures(codes);
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        if !(self.k >= 1.0 && self.k.is_finite()) {
            return Some("`k` must be at least 1");
        }
        let window = self.window.as_nanos();
        if window < MIN_WINDOW.as_nanos() || window > MAX_WINDOW.as_nanos() {
            return Some("`window` must be between 100ms and 1h");
        }
        if self.min_calls == 0 {
            return Some("`min_calls` must be at least 1");
        }
        None
    }

    /// How many calls are sent for each that is accepted.
    pub const fn multiplier(&self) -> f64 {
        self.k
    }

    /// How far back it looks.
    pub const fn window_time(&self) -> Duration {
        self.window
    }

    /// How many calls the window needs before any is dropped.
    pub const fn min_calls_needed(&self) -> u32 {
        self.min_calls
    }

    /// How the ends of calls count.
    pub const fn outcome_classes(&self) -> OutcomeClasses {
        self.classes
    }
}

impl Default for ThrottleConfig {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_value_is_named() {
        let new = ThrottleConfig::new();
        assert_eq!(new.check(), Ok(()));
        let cases = [
            (new.k(0.99), "`k`"),
            (new.k(f64::NAN), "`k`"),
            (new.k(f64::INFINITY), "`k`"),
            (new.window(Duration::from_millis(99)), "`window`"),
            (new.window(Duration::from_secs(3601)), "`window`"),
            (new.min_calls(0), "`min_calls`"),
        ];
        for (config, key) in cases {
            let problem = config.check().map_err(|error| error.problem());
            assert!(
                problem.is_err_and(|problem| problem.starts_with(key)),
                "{config:?}: {problem:?}"
            );
        }
    }
}
