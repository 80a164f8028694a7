//! What a concurrency limit is told.

use std::time::Duration;

use crate::model::code::Code;
use crate::model::policies::invalid::checks;
use crate::model::policies::outcome::{CodeSet, OutcomeClasses};

const WAIT: Duration = Duration::from_millis(100);

/// How a limit finds itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdaptiveLimit {
    /// By how much slower calls are than they were for long: follows work that
    /// changes, for servers. Under an overload that lasts it drifts up to
    /// `max`, which should be what the server can bear.
    #[default]
    Gradient,
    /// By how much slower calls are than the quickest: keeps the queue at the
    /// peer short.
    Vegas,
    /// By what was lost: one more while calls succeed, a tenth less when one
    /// is dropped or times out; for clients, who see losses and not queues.
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

/// The values of a [`ConcurrencyLimiter`](crate::policy::concurrency::ConcurrencyLimiter).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::concurrency::ConcurrencyConfig;
///
/// // Wrong values don't compile in a constant.
/// const LIMIT: ConcurrencyConfig = ConcurrencyConfig::new(64)
///     .queue(16)
///     .wait(Duration::from_millis(50))
///     .checked();
/// assert_eq!(LIMIT.limit(), Some(64));
///
/// let wrong = ConcurrencyConfig::adaptive().min(10).max(5);
/// assert_eq!(
///     wrong.check().map_err(|invalid| invalid.problem()),
///     Err("`max` must be at least `min`")
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcurrencyConfig {
    /// `None` finds itself.
    limit: Option<u32>,
    algorithm: AdaptiveLimit,
    min: u32,
    max: u32,
    queue: u32,
    wait: Duration,
    classes: OutcomeClasses,
}

checks!(ConcurrencyConfig, Concurrency);

impl ConcurrencyConfig {
    /// So many calls at once, and no queue.
    pub const fn new(limit: u32) -> Self {
        Self {
            limit: Some(limit),
            ..Self::adaptive()
        }
    }

    /// As many calls at once as go well, by [`AdaptiveLimit::Gradient`] between
    /// 4 and 200, and no queue.
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

    /// How an adaptive limit finds itself; default by gradient.
    #[must_use]
    pub const fn algorithm(mut self, algorithm: AdaptiveLimit) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The least that an adaptive limit goes down to; default 4.
    #[must_use]
    pub const fn min(mut self, min: u32) -> Self {
        self.min = min;
        self
    }

    /// The most that an adaptive limit goes up to; default 200.
    #[must_use]
    pub const fn max(mut self, max: u32) -> Self {
        self.max = max;
        self
    }

    /// How many calls may wait for a place; default none.
    #[must_use]
    pub const fn queue(mut self, queue: u32) -> Self {
        self.queue = queue;
        self
    }

    /// The longest that a call waits in the queue; default 100 ms.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// How the ends of calls count for an adaptive limit: the time of a success
    /// is measured, a failure and a soft one were dropped, and the rest says
    /// nothing. Default: `deadline_exceeded`, `unavailable` and
    /// `resource_exhausted` were dropped; `cancelled`, `unknown`, `internal`
    /// and `data_loss` say nothing, as what fails quickly is not quick.
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

    /// How many calls at once; `None` where the limit is adaptive.
    pub const fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// How an adaptive limit finds itself; `None` where the limit is fixed.
    pub const fn adapts_by(&self) -> Option<AdaptiveLimit> {
        match self.limit {
            Some(_) => None,
            None => Some(self.algorithm),
        }
    }

    /// Between what an adaptive limit moves, both ends included.
    pub const fn range(&self) -> (u32, u32) {
        (self.min, self.max)
    }

    /// How many calls may wait.
    pub const fn queue_max(&self) -> u32 {
        self.queue
    }

    /// The longest that a call waits in the queue.
    pub const fn wait_max(&self) -> Duration {
        self.wait
    }

    /// How the ends of calls count for an adaptive limit.
    pub const fn classified(&self) -> OutcomeClasses {
        self.classes
    }
}
