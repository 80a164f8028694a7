//! A call's place under a limit, and the way to it.

use std::time::Instant;

use super::gate::Waiting;
use super::limiter::ConcurrencyLimiter;
use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::model::status::refusal::Refusal;

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
