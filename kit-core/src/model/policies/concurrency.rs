//! Configuration of the concurrency limit.

use std::time::Duration;

use crate::model::code::Code;
use crate::model::policies::invalid::checks;
use crate::model::policies::outcome::{CodeSet, OutcomeClasses};

const WAIT: Duration = Duration::from_millis(100);

/// The algorithm of an adaptive concurrency limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdaptiveLimit {
    /// Compares latency with its long-term average, and so follows a workload
    /// that changes; for servers. A lasting overload slowly raises the limit
    /// to `max`, so `max` should be a load that the server can sustain.
    #[default]
    Gradient,
    /// Compares latency with its minimum: keeps the queue at the peer short.
    Vegas,
    /// Additive increase, multiplicative decrease: adds one while calls
    /// succeed, and removes a tenth when one is dropped or takes more than 5 s.
    /// For clients, which see losses and not queues.
    Aimd,
}

impl AdaptiveLimit {
    /// The name in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gradient => "gradient",
            Self::Vegas => "vegas",
            Self::Aimd => "aimd",
        }
    }
}

/// Configures a [`ConcurrencyLimiter`](crate::policy::concurrency::ConcurrencyLimiter).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::concurrency::ConcurrencyConfig;
///
/// // Invalid values in a constant are a compile error.
/// const LIMIT: ConcurrencyConfig = ConcurrencyConfig::new(64)
///     .queue(16)
///     .wait(Duration::from_millis(50))
///     .checked();
/// assert_eq!(LIMIT.limit, Some(64));
///
/// let wrong = ConcurrencyConfig::adaptive().min(10).max(5);
/// assert_eq!(
///     wrong.check().map_err(|invalid| invalid.problem()),
///     Err("`max` must be at least `min`")
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ConcurrencyConfig {
    /// The most concurrent calls, at least 1; `None` adapts the limit.
    /// Set by [`new`](Self::new) or [`adaptive`](Self::adaptive).
    pub limit: Option<u32>,
    /// The algorithm of an adaptive limit. Default
    /// [`AdaptiveLimit::Gradient`].
    pub algorithm: AdaptiveLimit,
    /// The lower bound of an adaptive limit, at least 1. Default 4.
    pub min: u32,
    /// The upper bound of an adaptive limit, at least
    /// [`min`](field@Self::min). Default 200.
    pub max: u32,
    /// The most calls that wait for a permit; 0 refuses them at once.
    /// Default 0.
    pub queue: u32,
    /// The longest that a call waits in the queue, above zero if there is one.
    /// Default 100 ms.
    pub wait: Duration,
    /// How an adaptive limit classifies outcomes.
    ///
    /// The latency of a success is measured; failures and soft outcomes count
    /// as dropped; ignored outcomes have no effect. By default
    /// `deadline_exceeded`, `unavailable` and `resource_exhausted` are dropped,
    /// and `cancelled`, `unknown`, `internal` and `data_loss` are ignored: the
    /// latency of a call that failed early is not that of the work.
    pub classes: OutcomeClasses,
}

checks!(ConcurrencyConfig, Concurrency);

impl ConcurrencyConfig {
    /// Creates a configuration with a fixed limit and no queue.
    pub const fn new(limit: u32) -> Self {
        Self {
            limit: Some(limit),
            ..Self::adaptive()
        }
    }

    /// Creates a configuration with an adaptive limit, by
    /// [`AdaptiveLimit::Gradient`] between 4 and 200, and no queue.
    pub const fn adaptive() -> Self {
        Self {
            limit: None,
            algorithm: AdaptiveLimit::Gradient,
            min: 4,
            max: 200,
            queue: 0,
            wait: WAIT,
            classes: OutcomeClasses::DEFAULT
                .failures(CodeSet::of(&[Code::DeadlineExceeded, Code::Unavailable]))
                .ignored(CodeSet::of(&[
                    Code::Cancelled,
                    Code::Unknown,
                    Code::Internal,
                    Code::DataLoss,
                ])),
        }
    }

    /// Sets [`algorithm`](field@Self::algorithm).
    #[must_use]
    pub const fn algorithm(mut self, algorithm: AdaptiveLimit) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Sets [`min`](field@Self::min).
    #[must_use]
    pub const fn min(mut self, min: u32) -> Self {
        self.min = min;
        self
    }

    /// Sets [`max`](field@Self::max).
    #[must_use]
    pub const fn max(mut self, max: u32) -> Self {
        self.max = max;
        self
    }

    /// Sets [`queue`](field@Self::queue).
    #[must_use]
    pub const fn queue(mut self, queue: u32) -> Self {
        self.queue = queue;
        self
    }

    /// Sets [`wait`](field@Self::wait).
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets [`classes`](field@Self::classes).
    #[must_use]
    pub const fn classes(mut self, classes: OutcomeClasses) -> Self {
        self.classes = classes;
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        if let Some(limit) = self.limit {
            if limit == 0 {
                return Some("`limit` must be at least 1");
            }
            let default = Self::adaptive();
            if self.min != default.min || self.max != default.max {
                return Some("`min` and `max` are for an `adaptive` limit");
            }
            if !matches!(self.algorithm, AdaptiveLimit::Gradient) {
                return Some("`algorithm` is for an `adaptive` limit");
            }
        }
        if self.min == 0 {
            return Some("`min` must be at least 1");
        }
        if self.max < self.min {
            return Some("`max` must be at least `min`");
        }
        if self.queue > 0 && self.wait.is_zero() {
            return Some("`wait` must be longer than zero where there is a `queue`");
        }
        None
    }

    /// The algorithm, if the limit is adaptive.
    pub(crate) const fn adaptive_algorithm(&self) -> Option<AdaptiveLimit> {
        match self.limit {
            Some(_) => None,
            None => Some(self.algorithm),
        }
    }
}
