//! The permit for one call.

use std::time::Instant;

use super::Breaker;
use super::packed_state::PackedState;
use super::state::BreakerState;
use crate::model::completion::Completion;
use crate::model::policies::OutcomeClass;

/// A permit for one call. [`record`](Self::record) stores the outcome.
/// Dropping it instead means that the call was cancelled: a probe no longer
/// counts as in flight, and nothing else is counted.
#[derive(Debug)]
#[must_use = "a permit that is dropped is a call that was cancelled"]
pub struct Permit<'a> {
    breaker: &'a Breaker,
    /// The period that admitted the call.
    period: PackedState,
    start: Instant,
}

/// A permit without a borrow of its breaker.
#[derive(Debug)]
pub(crate) struct Detached {
    period: PackedState,
    start: Instant,
}

impl Detached {
    /// Restores the permit, of the same breaker.
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

    /// Detaches the permit from its breaker. The call stays in flight until
    /// the permit is attached again and dropped.
    pub(crate) fn detach(self) -> Detached {
        let (period, start) = (self.period, self.start);
        std::mem::forget(self);
        Detached { period, start }
    }

    /// Records the outcome class of the call and its time of completion. The
    /// time since it was admitted decides whether it was slow. It counts in
    /// the state that admitted the call, and is dropped once that has ended.
    #[inline]
    pub fn record(self, class: OutcomeClass, now: Instant) {
        let (breaker, period, start) = (self.breaker, self.period, self.start);
        // The drop would release a probe a second time.
        std::mem::forget(self);
        breaker.record(period, start, class, now);
    }

    /// Records a completion, classified by the configuration of the breaker.
    #[inline]
    pub(crate) fn record_end(self, completion: Completion, now: Instant) {
        let class = self.breaker.live_config.classes.of_end(completion);
        self.record(class, now);
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.breaker.give_up(self.period);
    }
}
