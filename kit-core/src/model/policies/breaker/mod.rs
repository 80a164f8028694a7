//! Configuration of the circuit breaker.
//!
//! Plain data: it can be a constant, be printed, and be replaced while calls
//! are in flight.

mod check;

use std::time::Duration;

use crate::model::policies::{CodeSet, OutcomeClasses};

/// The upper limit of [`BreakerConfig::failures`].
pub(crate) const MAX_FAILURES: u32 = (1 << 24) - 1;
/// The upper limit of [`BreakerConfig::probes`].
pub(crate) const MAX_PROBES: u32 = (1 << 12) - 1;
/// The upper limit of [`BreakerConfig::window_calls`]; each call takes 8 bytes.
pub(crate) const MAX_WINDOW_CALLS: u32 = 10_000;

/// Configures a [`Breaker`](crate::policy::breaker::Breaker).
///
/// The breaker opens at the first of its triggers: consecutive failures
/// ([`failures`](field@Self::failures)), the failure ratio of a window
/// ([`ratio`](field@Self::ratio)), or its ratio of slow calls
/// ([`slow`](field@Self::slow)). Thresholds are inclusive: a ratio of 0.5 opens
/// at 10 failures in 20 calls.
///
/// ```
/// use std::time::Duration;
/// use kit::policy::breaker::BreakerConfig;
///
/// const PAYMENTS: BreakerConfig = BreakerConfig::new()
///     .ratio(0.25)
///     .min_calls(50)
///     .window(Duration::from_secs(30))
///     .slow(Duration::from_millis(500))
///     .open_range(Duration::from_secs(1), Duration::from_secs(120))
///     .checked();
/// assert_eq!(PAYMENTS.ratio, Some(0.25));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BreakerConfig {
    /// Consecutive failures that open the breaker, 1 to 16,777,215; `None`
    /// disables this trigger. Default `None`.
    ///
    /// A success resets the count; a soft outcome leaves it unchanged.
    pub failures: Option<u32>,
    /// The failure ratio of the window that opens the breaker, above 0 and at
    /// most 1; `None` disables this trigger. Default 0.5.
    pub ratio: Option<f64>,
    /// The number of calls in the window below which ratios are ignored, at
    /// least 1. Default 20.
    ///
    /// A call window smaller than this has to be full instead.
    pub min_calls: u32,
    /// The length of the time window, 100 ms to 1 h. Default 10 s.
    ///
    /// The window slides in 16 steps. It is not used while
    /// [`window_calls`](field@Self::window_calls) is set.
    pub window: Duration,
    /// The size of the call window, 1 to 10,000 calls of any age; `None` uses
    /// the time window. Default `None`.
    pub window_calls: Option<u32>,
    /// The duration from which a call is slow, whatever its outcome, above
    /// zero; `None` disables this trigger. Default `None`.
    ///
    /// A slow probe counts as failed.
    pub slow: Option<Duration>,
    /// The ratio of slow calls of the window that opens the breaker, above 0
    /// and at most 1. Default 0.8. It has no effect without
    /// [`slow`](field@Self::slow).
    pub slow_ratio: f64,
    /// How long the breaker stays open the first time, above zero and at most
    /// [`open_max`](Self::open_max). Default 5 s.
    ///
    /// The time doubles each time the probes fail, and from the second time on
    /// has equal jitter: it is between half of that and all of it, and never
    /// below `open_first`. It resets once the breaker has stayed closed for as
    /// long as it was last open.
    pub open_first: Duration,
    /// The longest that the breaker stays open, at most 24 h. Default 60 s.
    pub open_max: Duration,
    /// Successful calls that close a half-open breaker, and the most that it
    /// admits concurrently, 1 to 4,095. Default 3.
    ///
    /// A probe holds its permit until its call ends: if all probes hang, no
    /// other call is admitted. Give calls a timeout; a probe that reaches it
    /// counts as failed, and the breaker opens again.
    pub probes: u32,
    /// How outcomes are classified. Default [`OutcomeClasses::DEFAULT`].
    pub classes: OutcomeClasses,
}

impl BreakerConfig {
    /// Creates a configuration with the defaults: opens at a failure ratio of
    /// 0.5 over 10 s.
    pub const fn new() -> Self {
        Self {
            failures: None,
            ratio: Some(0.5),
            min_calls: 20,
            window: Duration::from_secs(10),
            window_calls: None,
            slow: None,
            slow_ratio: 0.8,
            open_first: Duration::from_secs(5),
            open_max: Duration::from_secs(60),
            probes: 3,
            classes: OutcomeClasses::DEFAULT,
        }
    }

    /// Creates a configuration that opens at consecutive failures only, and
    /// has the other defaults.
    pub const fn consecutive(failures: u32) -> Self {
        Self {
            failures: Some(failures),
            ratio: None,
            ..Self::new()
        }
    }

    /// Sets [`failures`](field@Self::failures).
    #[must_use]
    pub const fn failures(mut self, failures: u32) -> Self {
        self.failures = Some(failures);
        self
    }

    /// Sets [`ratio`](field@Self::ratio).
    #[must_use]
    pub const fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = Some(ratio);
        self
    }

    /// Sets [`min_calls`](field@Self::min_calls).
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.min_calls = calls;
        self
    }

    /// Sets [`window`](field@Self::window), in place of a call window.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self.window_calls = None;
        self
    }

    /// Sets [`window_calls`](field@Self::window_calls), in place of the time
    /// window.
    #[must_use]
    pub const fn window_calls(mut self, calls: u32) -> Self {
        self.window_calls = Some(calls);
        self
    }

    /// Sets [`slow`](field@Self::slow).
    #[must_use]
    pub const fn slow(mut self, slow: Duration) -> Self {
        self.slow = Some(slow);
        self
    }

    /// Sets [`slow_ratio`](field@Self::slow_ratio).
    #[must_use]
    pub const fn slow_ratio(mut self, ratio: f64) -> Self {
        self.slow_ratio = ratio;
        self
    }

    /// Stays open for the same time each time: sets both
    /// [`open_first`](Self::open_first) and [`open_max`](Self::open_max).
    #[must_use]
    pub const fn open(self, open: Duration) -> Self {
        self.open_range(open, open)
    }

    /// Sets [`open_first`](Self::open_first) and [`open_max`](Self::open_max).
    #[must_use]
    pub const fn open_range(mut self, first: Duration, max: Duration) -> Self {
        self.open_first = first;
        self.open_max = max;
        self
    }

    /// Sets [`probes`](field@Self::probes).
    #[must_use]
    pub const fn probes(mut self, probes: u32) -> Self {
        self.probes = probes;
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

    /// The number of calls that the window needs before its ratios apply.
    pub(crate) const fn effective_min_calls(&self) -> u32 {
        match self.window_calls {
            Some(calls) if calls < self.min_calls => calls,
            _ => self.min_calls,
        }
    }
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self::new()
    }
}
