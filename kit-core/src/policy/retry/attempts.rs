//! The decision after each failed attempt, apart from the calls themselves.

use std::time::{Duration, Instant};

use super::{Retry, backoff};
use crate::model::code::Code;
use crate::model::policies::retry::RetryConfig;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// What a retry policy asks of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    code: Code,
    retry_after: Option<Duration>,
    refused_here: bool,
    timed_out: bool,
}

impl Failed {
    /// An attempt that failed with this code.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            retry_after: None,
            refused_here: false,
            timed_out: false,
        }
    }

    /// What there is to know of an error.
    pub fn of<E: ServiceError>(error: &E) -> Self {
        let status = error.status();
        Self {
            code: error.code(),
            retry_after: status.and_then(Status::retry_after),
            refused_here: status.and_then(Status::refusal).is_some(),
            timed_out: false,
        }
    }

    /// Why it failed.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The same with the wait that the peer asked for; [`Duration::MAX`] asks
    /// not to be tried again.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same, refused by a policy of this process: the peer was not asked.
    #[must_use]
    pub const fn refused_here(mut self) -> Self {
        self.refused_here = true;
        self
    }

    /// The same, cut by the limit of one attempt.
    #[must_use]
    pub const fn timed_out(mut self) -> Self {
        self.timed_out = true;
        self
    }
}

/// Why a failure that might have been tried again was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GaveUp {
    /// It was the last attempt.
    Attempts,
    /// The call is made on behalf of one that is a retry itself.
    Chain,
    /// The peer asked not to be tried again, or to wait too long.
    Pushback,
    /// The next attempt would have started after the deadline.
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

    /// How many attempts have failed.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// Whether the attempt under way is the last, so that nothing need be
    /// kept for another.
    #[inline]
    pub fn is_last(&self) -> bool {
        self.failed + 1 >= self.most
    }

    /// How long to wait before the next attempt, or `None` to give up. The
    /// retry is paid for already.
    ///
    /// `deadline` is that of the whole call, and `previous_attempts` how
    /// often the call on whose behalf this one is made was tried before
    /// ([`Context::previous_attempts`](crate::Context::previous_attempts)).
    ///
    /// A wait that the peer asks for comes before ours, which is added to it:
    /// callers that were all told the same must not come back together. Where
    /// the wait would pass the deadline, or
    /// [`RetryConfig::pushback_max`], the call fails at once, and its caller
    /// has what is left of the time.
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
                self.retry.note_retry(self.failed, wait, failed.code);
                Some(wait)
            }
            Err(reason) => {
                self.retry.note_end(self.failed, reason, failed.code);
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
        let asked = failed.retry_after.unwrap_or_default();
        if asked > config.pushback_max || (!asked.is_zero() && passes(asked)) {
            return Err(GaveUp::Pushback);
        }
        let (base, cap) = (config.backoff_base, config.backoff_max);
        let wait = asked.saturating_add(backoff::draw(base, cap, self.failed));
        if passes(wait) {
            return Err(GaveUp::Deadline);
        }
        // Last, so that nothing is spent on a retry that is not made.
        if !self.retry.budget().spend(now) {
            return Err(GaveUp::Budget);
        }
        Ok(wait)
    }
}
