//! The permit for one call, and the ways to acquire it.

use std::time::Instant;

use std::sync::atomic::Ordering::Relaxed;

use super::gate::{Entry, Waiting};
use super::limiter::ConcurrencyLimiter;
use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::model::status::refusal::{Refusal, RefusalReason};
use crate::policy::timeout::within;

impl ConcurrencyLimiter {
    /// Admits or refuses a call, without waiting. Waiting calls go first.
    ///
    /// # Errors
    /// [`RefusalReason::QueueFull`], without a `retry_after`: a permit is
    /// released when a call ends, and the limiter does not know when that is. A
    /// fixed limit measures nothing, and an adaptive one measures how long
    /// calls usually take, not how much of that has elapsed.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        match self.gate.try_enter() {
            true => Ok(self.permit(|| now)),
            false => Err(self.refuse(RefusalReason::QueueFull)),
        }
    }

    /// Waits for a permit, within the wait of the configuration and until
    /// `deadline`. Calls are admitted in order; a call that stops waiting
    /// leaves the queue.
    ///
    /// ```
    /// # use kit::policy::concurrency::{ConcurrencyConfig, ConcurrencyLimiter};
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let limiter = ConcurrencyLimiter::new(ConcurrencyConfig::new(1).queue(8));
    /// let permit = limiter.acquire(None).await?;
    /// assert_eq!(limiter.in_flight(), 1);
    /// drop(permit);
    /// # Ok::<(), kit::policy::Refusal>(())
    /// # }).expect("there is a place");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RefusalReason::QueueFull`] at once, or
    /// [`RefusalReason::WaitedTooLong`]; neither has a `retry_after`.
    pub async fn acquire(
        &self,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Permit<'_>, Refusal> {
        self.acquire_until(|| deadline).await
    }

    /// Reads the deadline only if there is a wait.
    #[inline]
    pub(super) async fn acquire_until(
        &self,
        deadline: impl FnOnce() -> Option<tokio::time::Instant>,
    ) -> Result<Permit<'_>, Refusal> {
        match self.enter(|| self.clock.now())? {
            Place::Inside(permit) => Ok(permit),
            Place::Queued(queued) => queued.ready(deadline()).await,
        }
    }

    /// Admits a call, or adds it to the queue. Reads the time only if the limit
    /// is adaptive.
    ///
    /// # Errors
    /// [`RefusalReason::QueueFull`].
    #[inline]
    pub(crate) fn enter(&self, now: impl FnOnce() -> Instant) -> Result<Place<'_>, Refusal> {
        match self.gate.enter() {
            Entry::Admitted => Ok(Place::Inside(self.permit(now))),
            Entry::Full => Err(self.refuse(RefusalReason::QueueFull)),
            Entry::Waiting(waiting) => Ok(Place::Queued(Queued {
                limiter: self,
                waiting,
            })),
        }
    }

    pub(super) async fn wait(
        &self,
        waiting: Waiting<'_>,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<(), Refusal> {
        let longest = self.config().wait;
        let end = tokio::time::Instant::now().checked_add(longest);
        // The earlier of the two, if there is a deadline.
        let end = end.into_iter().chain(deadline).min();
        within(end, waiting)
            .await
            .map_err(|_| self.refuse(RefusalReason::WaitedTooLong))
    }

    #[inline]
    pub(super) fn permit(&self, now: impl FnOnce() -> Instant) -> Permit<'_> {
        Permit {
            limiter: self,
            started: self.adapts.load(Relaxed).then(now),
        }
    }
}

/// A permit for one call; dropping it releases it for another call.
#[derive(Debug)]
#[must_use = "dropping a permit releases it"]
pub struct Permit<'a> {
    pub(super) limiter: &'a ConcurrencyLimiter,
    /// Set if the limit is adaptive.
    pub(super) started: Option<Instant>,
}

/// The result of [`ConcurrencyLimiter::enter`].
#[derive(Debug)]
pub(crate) enum Place<'a> {
    Inside(Permit<'a>),
    Queued(Queued<'a>),
}

/// A place in the queue; dropping it leaves the queue.
#[derive(Debug)]
pub(crate) struct Queued<'a> {
    pub(super) limiter: &'a ConcurrencyLimiter,
    pub(super) waiting: Waiting<'a>,
}

impl<'a> Queued<'a> {
    /// Waits for a permit, as [`ConcurrencyLimiter::acquire`] does.
    pub(crate) async fn ready(
        self,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Permit<'a>, Refusal> {
        let Self { limiter, waiting } = self;
        limiter.wait(waiting, deadline).await?;
        Ok(limiter.permit(|| limiter.clock.now()))
    }
}

/// A permit without a borrow of its limiter.
#[derive(Debug)]
pub(crate) struct Detached {
    started: Option<Instant>,
}

impl Detached {
    /// Restores the permit, of the same limiter.
    pub(crate) fn attach(self, limiter: &ConcurrencyLimiter) -> Permit<'_> {
        Permit {
            limiter,
            started: self.started,
        }
    }
}

impl Permit<'_> {
    /// Detaches the permit from its limiter. It is not released until it is
    /// attached again and dropped.
    pub(crate) fn detach(self) -> Detached {
        let started = self.started;
        std::mem::forget(self);
        Detached { started }
    }

    /// Records the completion of the call, which an adaptive limit uses. A
    /// permit that is dropped instead is a cancelled call, which does not affect
    /// the limit.
    #[inline]
    pub fn record(self, code: Code, now: Instant) {
        if let Some(started) = self.started {
            let took = now.saturating_duration_since(started);
            // The permit is released afterwards, so that this call counts as in
            // flight.
            self.limiter.record(code, took);
        }
    }

    /// Records a completion, unless an inner policy refused the call: it took
    /// no time, and does not affect the limit.
    #[inline]
    pub(crate) fn record_end(self, completion: Completion, now: Instant) {
        if !completion.refused_here {
            self.record(completion.code, now);
        }
    }

    /// Whether the limit uses the completion of the call.
    #[inline]
    pub(crate) fn measures(&self) -> bool {
        self.started.is_some()
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.limiter.gate.leave();
    }
}
