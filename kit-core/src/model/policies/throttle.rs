//! Configuration of the adaptive throttle.

use std::time::Duration;

use crate::model::policies::invalid::checks;
use crate::model::policies::{CodeSet, OutcomeClasses};

const MIN_WINDOW: Duration = Duration::from_millis(100);
const MAX_WINDOW: Duration = Duration::from_secs(3600);

/// Configures a [`Throttle`](crate::policy::throttle::Throttle).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::throttle::ThrottleConfig;
///
/// const SEARCH: ThrottleConfig = ThrottleConfig::new()
///     .k(1.5)
///     .window(Duration::from_secs(30))
///     .checked();
/// assert_eq!(SEARCH.k, 1.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThrottleConfig {
    /// Calls sent per call that the peer accepts, finite and at least 1.
    /// Default 2.
    ///
    /// A smaller value refuses earlier; a larger one leaves more of the refusing
    /// to the peer, and notices its recovery earlier.
    pub k: f64,
    /// The length of the window in which calls are counted, 100 ms to 1 h.
    /// Default 10 s. It slides in 16 steps.
    pub window: Duration,
    /// The number of calls in the window below which none is refused, at least
    /// 1. Default 20.
    pub min_calls: u32,
    /// How outcomes are classified: a success was accepted, a failure or a
    /// soft outcome was not, an ignored one is not counted. Default
    /// [`OutcomeClasses::DEFAULT`].
    pub classes: OutcomeClasses,
}

checks!(ThrottleConfig, Throttle);

impl ThrottleConfig {
    /// Creates a configuration with the defaults.
    pub const fn new() -> Self {
        Self {
            k: 2.0,
            window: Duration::from_secs(10),
            min_calls: 20,
            classes: OutcomeClasses::DEFAULT,
        }
    }

    /// Sets [`k`](field@Self::k).
    #[must_use]
    pub const fn k(mut self, k: f64) -> Self {
        self.k = k;
        self
    }

    /// Sets [`window`](field@Self::window).
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Sets [`min_calls`](field@Self::min_calls).
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.min_calls = calls;
        self
    }

    /// Sets [`classes`](field@Self::classes).
    #[must_use]
    pub const fn classes(mut self, classes: OutcomeClasses) -> Self {
        self.classes = classes;
        self
    }

    /// Replaces the codes of [`classes`](field@Self::classes) that are
    /// failures.
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
