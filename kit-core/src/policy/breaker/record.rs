//! Records the outcome of a call.

use std::time::Instant;

use super::Breaker;
use super::event::BreakerCause;
use super::packed_state::PackedState;
use super::state::BreakerState;
use crate::model::policies::OutcomeClass;
use crate::policy::support::sync::atomic::Ordering;
use crate::policy::support::time_ring::Sample;

impl Breaker {
    /// Records the outcome of a call that `period` admitted.
    #[inline]
    pub(super) fn record(
        &self,
        period: PackedState,
        start: Instant,
        class: OutcomeClass,
        now: Instant,
    ) {
        let word = self.word();
        let healthy =
            class == OutcomeClass::Success && word.is_healthy() && word.same_period(period);
        match healthy && !self.is_slow(start, now) {
            true => self.count(period, Sample::GOOD, now),
            false => self.record_slow_path(period, start, class, now),
        }
    }

    /// Records any outcome but a fast success while the breaker is healthy.
    #[inline(never)]
    fn record_slow_path(
        &self,
        period: PackedState,
        start: Instant,
        class: OutcomeClass,
        now: Instant,
    ) {
        if class == OutcomeClass::Ignored {
            return self.give_up(period);
        }
        let word = self.word();
        if !word.same_period(period) {
            return self.counters.dropped_result();
        }
        let sample = Sample {
            failed: class != OutcomeClass::Success,
            slow: self.is_slow(start, now),
        };
        match period.state() {
            BreakerState::Closed => {
                self.count(period, sample, now);
                if sample.failed || sample.slow {
                    self.evaluate_call(period, class, now);
                } else if word.run() != 0 {
                    self.end_run(period);
                }
            }
            BreakerState::HalfOpen => self.evaluate_probe(period, sample, now),
            BreakerState::ForcedClosed => self.count(period, sample, now),
            // An open breaker admits nothing, a disabled one counts nothing.
            BreakerState::Open | BreakerState::ForcedOpen | BreakerState::Disabled => {}
        }
    }

    #[inline]
    fn count(&self, period: PackedState, sample: Sample, now: Instant) {
        self.window.add(period.epoch(), sample, || self.since(now));
    }

    #[inline]
    fn is_slow(&self, start: Instant, now: Instant) -> bool {
        let slow = self.live_config.slow();
        slow != u64::MAX && self.start.nanos_between(start, now) >= slow
    }

    /// Opens the breaker if a failed or slow call reaches a limit. A success
    /// never opens, whatever the window holds.
    #[cold]
    fn evaluate_call(&self, period: PackedState, class: OutcomeClass, now: Instant) {
        let now = self.since(now);
        match class {
            OutcomeClass::Failure if self.lengthen_run(period) => {
                return self.open(period, BreakerCause::FailuresInARow, now);
            }
            OutcomeClass::Success => self.end_run(period),
            _ => {}
        }
        let counts = self.window.counts(period.epoch(), now);
        if let Some(cause) = self.live_config.reached(counts) {
            self.open(period, cause, now);
        }
    }

    /// Counts a consecutive failure; `true` if it reaches the limit.
    fn lengthen_run(&self, period: PackedState) -> bool {
        if !self.live_config.limits_runs() {
            return false;
        }
        let longer = self.update(period, |word| Some(word.with_run(word.run() + 1)));
        longer.is_some_and(|word| self.live_config.is_run_too_long(word.run()))
    }

    #[cold]
    fn end_run(&self, period: PackedState) {
        self.update(period, |word| (word.run() != 0).then(|| word.with_run(0)));
    }

    #[cold]
    fn evaluate_probe(&self, period: PackedState, sample: Sample, now: Instant) {
        let now = self.since(now);
        if sample.failed || sample.slow {
            return self.open(period, BreakerCause::ProbeFailed, now);
        }
        let succeeded = self.update(period, |word| Some(word.probe_succeeded()));
        if succeeded.is_some_and(|word| word.succeeded() >= self.live_config.probes()) {
            self.close(period, now);
        }
    }

    /// Records a call that was cancelled, or is no evidence about the peer.
    #[inline]
    pub(super) fn give_up(&self, period: PackedState) {
        if period.state() == BreakerState::HalfOpen {
            self.give_probe_back(period);
        }
    }

    #[cold]
    fn give_probe_back(&self, period: PackedState) {
        self.update(period, |word| Some(word.probe_given_back()));
    }

    /// Changes the tally of a period. Returns the new word, or `None` if the
    /// period has ended or there is nothing to change.
    pub(super) fn update(
        &self,
        period: PackedState,
        change: impl Fn(PackedState) -> Option<PackedState>,
    ) -> Option<PackedState> {
        let mut word = self.word();
        while word.same_period(period) {
            let changed = change(word)?;
            match self.word.compare_exchange_weak(
                word.0,
                changed.0,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(changed),
                Err(now) => word = PackedState(now),
            }
        }
        None
    }
}
