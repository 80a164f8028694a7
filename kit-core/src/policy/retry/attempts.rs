//! The decision after each failed attempt, without the calls themselves.

use std::time::{Duration, Instant};

use super::{Retry, backoff};
use crate::model::code::Code;
use crate::model::policies::retry::RetryConfig;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// What a retry policy needs to know of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    code: Code,
    retry_after: Option<Duration>,
    refused_here: bool,
    timed_out: bool,
}

impl Failed {
    /// Creates a failure with this code.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            retry_after: None,
            refused_here: false,
            timed_out: false,
        }
    }

    /// Reads the failure from an error.
    pub fn of<E: ServiceError>(error: &E) -> Self {
        let status = error.status();
        Self {
            code: error.code(),
            retry_after: status.and_then(Status::retry_after),
            refused_here: status.and_then(Status::refusal).is_some(),
            timed_out: false,
        }
    }

    /// Returns the code of the failure.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Sets the wait that the peer requested; [`Duration::MAX`] requests no
    /// further attempt.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Marks the failure as a refusal by a policy of this process: the peer
    /// was not called.
    #[must_use]
    pub const fn refused_here(mut self) -> Self {
        self.refused_here = true;
        self
    }

    /// Marks the failure as a timeout of the attempt.
    #[must_use]
    pub const fn timed_out(mut self) -> Self {
        self.timed_out = true;
        self
    }
}

/// Why a failure that could have been retried was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GaveUp {
    /// It was the last attempt.
    Attempts,
    /// The call is made on behalf of one that is itself a retry.
    Chain,
    /// The peer requested no further attempt, or too long a wait.
    Pushback,
    /// The next attempt would start after the deadline.
    Deadline,
    /// The budget is spent.
    Budget,
}

impl GaveUp {
    /// Every reason, in the order of its index.
    pub const ALL: [Self; 5] = [
        Self::Attempts,
        Self::Chain,
        Self::Pushback,
        Self::Deadline,
        Self::Budget,
    ];

    /// The name in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Chain => "chain",
            Self::Pushback => "pushback",
            Self::Deadline => "deadline",
            Self::Budget => "budget",
        }
    }
}

/// The attempts of one call, from [`Retry::begin`].
#[derive(Debug)]
pub struct Attempts<'a> {
    pub(super) retry: &'a Retry,
    failed: u32,
    most: u32,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(retry: &'a Retry, most: u32) -> Self {
        Self {
            retry,
            failed: 0,
            most,
        }
    }

    /// Returns the number of failed attempts.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// Whether the current attempt is the last, so that the request need not
    /// be kept for another.
    #[inline]
    pub fn is_last(&self) -> bool {
        self.failed + 1 >= self.most
    }

    /// Returns the wait before the next attempt, or `None` to give up. The
    /// cost of the retry has been taken from the budget.
    ///
    /// `deadline` is that of the whole call, and `previous_attempts` counts
    /// the earlier attempts of the call on whose behalf this one is made
    /// ([`Context::previous_attempts`](crate::Context::previous_attempts)).
    ///
    /// The random wait is added to the one that the peer requests: callers
    /// with the same request must not return together. If the wait would pass
    /// the deadline, or [`RetryConfig::pushback_max`], the call fails at once,
    /// and its caller can use the remaining time.
    #[cold]
    pub fn after(
        &mut self,
        failed: Failed,
        now: Instant,
        deadline: Option<Instant>,
        previous_attempts: u32,
    ) -> Option<Duration> {
        self.failed = self.failed.saturating_add(1);
        let config = self.retry.config();
        if failed.refused_here || !(failed.timed_out || config.on.contains(failed.code)) {
            return None;
        }
        match self.next(&config, failed, now, deadline, previous_attempts) {
            Ok(wait) => {
                self.retry.record_retry(self.failed, wait, failed.code);
                Some(wait)
            }
            Err(reason) => {
                self.retry.record_give_up(self.failed, reason, failed.code);
                None
            }
        }
    }

    fn next(
        &self,
        config: &RetryConfig,
        failed: Failed,
        now: Instant,
        deadline: Option<Instant>,
        previous_attempts: u32,
    ) -> Result<Duration, GaveUp> {
        if self.failed >= self.most {
            return Err(GaveUp::Attempts);
        }
        if config.chain_stop && previous_attempts > 0 {
            return Err(GaveUp::Chain);
        }
        let passes =
            |wait| deadline.is_some_and(|end| now.checked_add(wait).is_none_or(|at| at >= end));
        let requested = failed.retry_after.unwrap_or_default();
        if requested > config.pushback_max || (!requested.is_zero() && passes(requested)) {
            return Err(GaveUp::Pushback);
        }
        let (base, cap) = (config.backoff_base, config.backoff_max);
        let wait = requested.saturating_add(backoff::draw(base, cap, self.failed));
        if passes(wait) {
            return Err(GaveUp::Deadline);
        }
        // Last, so that nothing is spent on a retry that does not happen.
        if !self.retry.budget().spend(now) {
            return Err(GaveUp::Budget);
        }
        Ok(wait)
    }
}
