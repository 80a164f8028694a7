//! The values of a retry policy.

use std::time::Duration;

use crate::model::code::Code;
use crate::model::policies::CodeSet;
use crate::model::policies::invalid::checks;

/// The values of a [`Retry`](crate::policy::retry::Retry).
///
/// | value | default |
/// |---|---|
/// | [`attempts`](Self::attempts), in all | 3 |
/// | [`backoff`](Self::backoff) | 20 ms, doubled each time, at most 1 s |
/// | [`on`](Self::on), the codes tried again | `unavailable` |
/// | [`attempt_timeout`](Self::attempt_timeout) | none |
/// | [`budget`](Self::budget), retries per call | 0.2 |
/// | [`pushback_max`](Self::pushback_max) | 30 s |
/// | [`chain_stop`](Self::chain_stop) | true |
///
/// ```
/// use std::time::Duration;
/// use kit::policy::retry::RetryConfig;
///
/// const PATIENT: RetryConfig = RetryConfig::new()
///     .attempts(5)
///     .backoff(Duration::from_millis(50), Duration::from_secs(5))
///     .checked();
/// assert_eq!(PATIENT.most_attempts(), 5);
///
/// let none = RetryConfig::new().attempts(0).check();
/// assert_eq!(none.unwrap_err().problem(), "`attempts` must be at least 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryConfig {
    attempts: u32,
    backoff_base: Duration,
    backoff_cap: Duration,
    on: CodeSet,
    attempt_timeout: Option<Duration>,
    budget: f64,
    pushback_max: Duration,
    chain_stop: bool,
}

checks!(RetryConfig, Retry);

impl RetryConfig {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            attempts: 3,
            backoff_base: Duration::from_millis(20),
            backoff_cap: Duration::from_secs(1),
            on: CodeSet::of(&[Code::Unavailable]),
            attempt_timeout: None,
            budget: 0.2,
            pushback_max: Duration::from_secs(30),
            chain_stop: true,
        }
    }

    /// How often a call is tried in all, the first try with it: at least 1,
    /// which is never again.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The wait before the second attempt is anything up to `base`, before
    /// the third up to twice that, and so on up to `cap`. A base of zero
    /// waits for nothing.
    #[must_use]
    pub const fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.backoff_base = base;
        self.backoff_cap = cap;
        self
    }

    /// The codes of failures that are tried again.
    #[must_use]
    pub const fn on(mut self, codes: CodeSet) -> Self {
        self.on = codes;
        self
    }

    /// The longest that one attempt may take. One that is cut for it is tried
    /// again, whatever the codes say: that is what the limit is for.
    #[must_use]
    pub const fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How many retries each call pays for, to three digits; see
    /// [`RetryBudget`](crate::policy::retry::RetryBudget). One of `attempts − 1` never runs
    /// out.
    #[must_use]
    pub const fn budget(mut self, retries_per_call: f64) -> Self {
        self.budget = retries_per_call;
        self
    }

    /// The longest wait that a peer may ask for: a call that is to wait
    /// longer fails at once.
    #[must_use]
    pub const fn pushback_max(mut self, wait: Duration) -> Self {
        self.pushback_max = wait;
        self
    }

    /// Whether a call made on behalf of one that is itself a retry is tried
    /// once only, so that retries on several floors do not multiply.
    #[must_use]
    pub const fn chain_stop(mut self, stop: bool) -> Self {
        self.chain_stop = stop;
        self
    }

    /// How often a call is tried in all.
    pub const fn most_attempts(&self) -> u32 {
        self.attempts
    }

    /// The highest first wait, and the highest of all.
    pub const fn backoff_range(&self) -> (Duration, Duration) {
        (self.backoff_base, self.backoff_cap)
    }

    /// The codes of failures that are tried again.
    pub const fn codes(&self) -> CodeSet {
        self.on
    }

    /// The longest that one attempt may take.
    pub const fn longest_attempt(&self) -> Option<Duration> {
        self.attempt_timeout
    }

    /// How many retries each call pays for.
    pub const fn retries_per_call(&self) -> f64 {
        self.budget
    }

    /// The longest wait that a peer may ask for.
    pub const fn longest_pushback(&self) -> Duration {
        self.pushback_max
    }

    /// Whether a call on behalf of a retry is tried once only.
    pub const fn stops_chains(&self) -> bool {
        self.chain_stop
    }

    const fn problem(&self) -> Option<&'static str> {
        let problem = if self.attempts == 0 {
            "`attempts` must be at least 1"
        } else if self.backoff_base.as_nanos() > self.backoff_cap.as_nanos() {
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
