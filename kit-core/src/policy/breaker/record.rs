//! What the end of a call does.

use std::time::Instant;

use super::Breaker;
use super::event::BreakerCause;
use super::packed_state::PackedState;
use super::state::BreakerState;
use crate::model::policies::OutcomeClass;
use crate::policy::support::sync::atomic::Ordering;
use crate::policy::support::time_ring::Sample;

impl Breaker {
    /// A call ended that was let through in `period`.
    #[inline]
    pub(super) fn record(
        &self,
        period: PackedState,
        start: Instant,
        class: OutcomeClass,
        now: Instant,
    ) {
        let word = self.word();
        let well = class == OutcomeClass::Success && word.is_well() && word.same_period(period);
        match well && !self.is_slow(start, now) {
            true => self.count(period, Sample::GOOD, now),
            false => self.record_trouble(period, start, class, now),
        }
    }

    /// The same, where anything is out of the ordinary.
    #[inline(never)]
    fn record_trouble(
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
            return self.tally.dropped_result();
        }
        let sample = Sample {
            failed: class != OutcomeClass::Success,
            slow: self.is_slow(start, now),
        };
        match period.state() {
            BreakerState::Closed => {
                self.count(period, sample, now);
                if sample.failed || sample.slow {
                    self.judge_call(period, class, now);
                } else if word.run() != 0 {
                    self.end_run(period);
                }
            }
            BreakerState::HalfOpen => self.judge_probe(period, sample, now),
            BreakerState::ForcedClosed => self.count(period, sample, now),
            // An open breaker lets nothing through, a disabled one looks away.
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

    /// Opens, where a call that failed or was slow is one too many. A call
    /// that went well never opens, whatever the window holds.
    #[cold]
    fn judge_call(&self, period: PackedState, class: OutcomeClass, now: Instant) {
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

    /// One more failure in a row; true where that is one too many.
    fn lengthen_run(&self, period: PackedState) -> bool {
        if !self.live_config.watches_rows() {
            return false;
        }
        let longer = self.update(period, |word| Some(word.with_run(word.run() + 1)));
        longer.is_some_and(|word| self.live_config.too_many_in_a_row(word.run()))
    }

    #[cold]
    fn end_run(&self, period: PackedState) {
        self.update(period, |word| (word.run() != 0).then(|| word.with_run(0)));
    }

    #[cold]
    fn judge_probe(&self, period: PackedState, sample: Sample, now: Instant) {
        let now = self.since(now);
        if sample.failed || sample.slow {
            return self.open(period, BreakerCause::ProbeFailed, now);
        }
        let succeeded = self.update(period, |word| Some(word.probe_succeeded()));
        if succeeded.is_some_and(|word| word.succeeded() >= self.live_config.probes()) {
            self.close(period, now);
        }
    }

    /// A call was given up, or says nothing of the peer.
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

    /// Changes the tally of a period; gives the new word, or `None` where the
    /// period is over or there is nothing to change.
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
