//! Leave for one call, which its end gives back.

use std::time::Instant;

use super::Breaker;
use super::packed_state::PackedState;
use super::state::BreakerState;
use crate::model::completion::Completion;
use crate::model::policies::OutcomeClass;

/// Leave for one call. Tell it how the call ended, by
/// [`record`](Self::record); dropping it says that the call was given up: a
/// probe's place is free again, and nothing is counted.
#[derive(Debug)]
#[must_use = "a permit that is dropped is a call that was given up"]
pub struct Permit<'a> {
    breaker: &'a Breaker,
    /// The period that the call was let through in.
    period: PackedState,
    start: Instant,
}

/// A permit kept where its breaker can't be borrowed.
#[derive(Debug)]
pub(crate) struct Detached {
    period: PackedState,
    start: Instant,
}

impl Detached {
    /// The permit that it was, of the same breaker.
    pub(crate) fn attach(self, breaker: &Breaker) -> Permit<'_> {
        Permit::new(breaker, self.period, self.start)
    }
}

impl<'a> Permit<'a> {
    #[inline]
    pub(super) fn new(breaker: &'a Breaker, period: PackedState, start: Instant) -> Self {
        Self {
            breaker,
            period,
            start,
        }
    }

    /// Whether the call is a probe of a breaker that is half open.
    pub fn is_probe(&self) -> bool {
        self.period.state() == BreakerState::HalfOpen
    }

    /// The permit without its breaker: the call is under way until it is
    /// attached again, and that is dropped.
    pub(crate) fn detach(self) -> Detached {
        let (period, start) = (self.period, self.start);
        std::mem::forget(self);
        Detached { period, start }
    }

    /// How the call ended, and when. What it took since it was admitted tells
    /// whether it was slow. It counts in the state that let the call through,
    /// and nowhere once that has ended.
    #[inline]
    pub fn record(self, class: OutcomeClass, now: Instant) {
        let (breaker, period, start) = (self.breaker, self.period, self.start);
        // The drop would give the probe's place back a second time.
        std::mem::forget(self);
        breaker.record(period, start, class, now);
    }

    /// The same, by what the breaker itself makes of that end.
    #[inline]
    pub(crate) fn record_end(self, ended: Completion, now: Instant) {
        let class = self.breaker.live_config.classes.of_end(ended);
        self.record(class, now);
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.breaker.give_up(self.period);
    }
}
