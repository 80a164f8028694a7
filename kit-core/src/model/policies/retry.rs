//! Configuration of retries.

use std::time::Duration;

use crate::model::code::Code;
use crate::model::policies::CodeSet;
use crate::model::policies::invalid::checks;

/// Configures a [`Retry`](crate::policy::retry::Retry).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::retry::RetryConfig;
///
/// const PATIENT: RetryConfig = RetryConfig::new()
///     .attempts(5)
///     .backoff(Duration::from_millis(50), Duration::from_secs(5))
///     .checked();
/// assert_eq!(PATIENT.attempts, 5);
///
/// let none = RetryConfig::new().attempts(0).check();
/// assert_eq!(none.unwrap_err().problem(), "`attempts` must be at least 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryConfig {
    /// The most attempts including the first, at least 1; 1 disables retries.
    /// Default 3.
    pub attempts: u32,
    /// The upper bound of the wait before the second attempt; it doubles with
    /// each attempt up to [`backoff_max`](Self::backoff_max). Default 20 ms.
    ///
    /// Waits have full jitter: each is between zero and its bound. Zero
    /// disables the wait.
    pub backoff_base: Duration,
    /// The longest wait between attempts, at least
    /// [`backoff_base`](Self::backoff_base). Default 1 s.
    pub backoff_max: Duration,
    /// The codes that are retried, `ok` excluded. Default `unavailable`.
    pub on: CodeSet,
    /// The timeout of one attempt, above zero; `None` is no timeout. Default
    /// `None`.
    ///
    /// An attempt that reaches it is retried whether or not
    /// [`on`](field@Self::on) has `deadline_exceeded`.
    pub attempt_timeout: Option<Duration>,
    /// Retries earned per call, 0 to 100, precise to three decimals; see
    /// [`RetryBudget`](crate::policy::retry::RetryBudget). Default 0.2.
    ///
    /// A budget of `attempts - 1` is never exhausted.
    pub budget: f64,
    /// The longest wait requested by a peer that is honoured; a call that
    /// would have to wait longer fails at once. Default 30 s.
    pub pushback_max: Duration,
    /// Whether calls made on behalf of a retry are not retried themselves, so
    /// that retries do not multiply along a chain of services. Default `true`.
    pub chain_stop: bool,
}

checks!(RetryConfig, Retry);

impl RetryConfig {
    /// Creates a configuration with the defaults.
    pub const fn new() -> Self {
        Self {
            attempts: 3,
            backoff_base: Duration::from_millis(20),
            backoff_max: Duration::from_secs(1),
            on: CodeSet::of(&[Code::Unavailable]),
            attempt_timeout: None,
            budget: 0.2,
            pushback_max: Duration::from_secs(30),
            chain_stop: true,
        }
    }

    /// Sets [`attempts`](field@Self::attempts).
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets [`backoff_base`](Self::backoff_base) and
    /// [`backoff_max`](Self::backoff_max).
    #[must_use]
    pub const fn backoff(mut self, base: Duration, max: Duration) -> Self {
        self.backoff_base = base;
        self.backoff_max = max;
        self
    }

    /// Sets [`on`](field@Self::on).
    #[must_use]
    pub const fn on(mut self, codes: CodeSet) -> Self {
        self.on = codes;
        self
    }

    /// Sets [`attempt_timeout`](field@Self::attempt_timeout).
    #[must_use]
    pub const fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets [`budget`](field@Self::budget).
    #[must_use]
    pub const fn budget(mut self, retries_per_call: f64) -> Self {
        self.budget = retries_per_call;
        self
    }

    /// Sets [`pushback_max`](field@Self::pushback_max).
    #[must_use]
    pub const fn pushback_max(mut self, wait: Duration) -> Self {
        self.pushback_max = wait;
        self
    }

    /// Sets [`chain_stop`](field@Self::chain_stop).
    #[must_use]
    pub const fn chain_stop(mut self, stop: bool) -> Self {
        self.chain_stop = stop;
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        let problem = if self.attempts == 0 {
            "`attempts` must be at least 1"
        } else if self.backoff_base.as_nanos() > self.backoff_max.as_nanos() {
            "`backoff` must be a range that does not fall, as in \"20ms..1s\""
        } else if self.on.contains(Code::Ok) {
            "`on` must name failures, and `ok` is none"
        } else if matches!(self.attempt_timeout, Some(timeout) if timeout.is_zero()) {
            "`attempt_timeout` must be more than zero"
        } else if !(self.budget >= 0.0 && self.budget <= 100.0) {
            "`budget` must be from 0 to 100"
        } else {
            return None;
        };
        Some(problem)
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::new()
    }
}
