//! A call's place under a limit, and the way to it.

use std::time::Instant;

use std::sync::atomic::Ordering::Relaxed;

use super::gate::{Entry, Waiting};
use super::limiter::ConcurrencyLimiter;
use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::model::status::refusal::{Refusal, RefusalReason};
use crate::policy::timeout::within;

impl ConcurrencyLimiter {
    /// Gives a call a place now, or refuses it; it never waits. Those who wait
    /// are before it.
    ///
    /// # Errors
    /// [`RefusalReason::QueueFull`]. No time is said to come back after: a
    /// place is free when a call ends, and the limiter does not know when that
    /// is. A fixed limit measures nothing, and what an adaptive one measures is
    /// how long calls take as a rule, not how much of it is over.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        match self.gate.try_enter() {
            true => Ok(self.permit(|| now)),
            false => Err(self.refuse(RefusalReason::QueueFull)),
        }
    }

    /// Waits for a place, as long as the configuration says and no longer than
    /// until `deadline`. Who waited longest goes first; a caller that stops
    /// waiting makes room.
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
    /// [`RefusalReason::WaitedTooLong`]; neither says when to come back.
    pub async fn acquire(
        &self,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Permit<'_>, Refusal> {
        self.acquire_until(|| deadline).await
    }

    /// The deadline is asked for where there is a wait.
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

    /// Gives a call a place now, or one in the queue; the time is asked for
    /// where the limit is adaptive.
    ///
    /// # Errors
    /// [`RefusalReason::QueueFull`].
    #[inline]
    pub(crate) fn enter(&self, now: impl FnOnce() -> Instant) -> Result<Place<'_>, Refusal> {
        match self.gate.enter() {
            Entry::Inside => Ok(Place::Inside(self.permit(now))),
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
        // The sooner of the two, where there are two.
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

/// A call's place; given back on drop.
#[derive(Debug)]
#[must_use = "dropping a permit gives the place back"]
pub struct Permit<'a> {
    pub(super) limiter: &'a ConcurrencyLimiter,
    /// Known where the limit is adaptive.
    pub(super) started: Option<Instant>,
}

/// What a call got that asked for a place.
#[derive(Debug)]
pub(crate) enum Place<'a> {
    Inside(Permit<'a>),
    Queued(Queued<'a>),
}

/// A place in the queue; given up on drop.
#[derive(Debug)]
pub(crate) struct Queued<'a> {
    pub(super) limiter: &'a ConcurrencyLimiter,
    pub(super) waiting: Waiting<'a>,
}

impl<'a> Queued<'a> {
    /// Waits, as [`ConcurrencyLimiter::acquire`] does.
    pub(crate) async fn ready(
        self,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Permit<'a>, Refusal> {
        let Self { limiter, waiting } = self;
        limiter.wait(waiting, deadline).await?;
        Ok(limiter.permit(|| limiter.clock.now()))
    }
}

/// A permit kept where its limiter can't be borrowed.
#[derive(Debug)]
pub(crate) struct Detached {
    started: Option<Instant>,
}

impl Detached {
    /// The permit that it was, of the same limiter.
    pub(crate) fn attach(self, limiter: &ConcurrencyLimiter) -> Permit<'_> {
        Permit {
            limiter,
            started: self.started,
        }
    }
}

impl Permit<'_> {
    /// The permit without its limiter: the place stays taken until it is
    /// attached again, and that is dropped.
    pub(crate) fn detach(self) -> Detached {
        let started = self.started;
        std::mem::forget(self);
        Detached { started }
    }

    /// The call has ended so, now: an adaptive limit learns from it. A permit
    /// that is dropped instead was a call given up, and teaches nothing.
    #[inline]
    pub fn record(self, code: Code, now: Instant) {
        if let Some(started) = self.started {
            let took = now.saturating_duration_since(started);
            // The place is given back after, so that this call counts as one
            // of those inside.
            self.limiter.record(code, took);
        }
    }

    /// The same, but for a call that another policy refused further in: it
    /// took no time, and teaches nothing.
    #[inline]
    pub(crate) fn record_end(self, ended: Completion, now: Instant) {
        if !ended.refused_here {
            self.record(ended.code, now);
        }
    }

    /// Whether the end of the call is worth recording.
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
