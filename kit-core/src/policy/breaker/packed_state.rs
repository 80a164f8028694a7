//! The state in one word, so that a single compare-and-swap admits a call or
//! counts a result. The widths are in bits:
//!
//! ```text
//! epoch 32 | tally 24 | free 5 | mode 3
//!            closed: consecutive failures 24
//!            half open: succeeded 12 | in flight 12
//! ```
//!
//! Every change of the mode increments the epoch. Mode and epoch together are
//! the *period* that admitted a call; a result counts in the period of its
//! call, and is dropped once that has ended.

use super::state::BreakerState;
use crate::model::policies::breaker::{MAX_FAILURES, MAX_PROBES};

const MODE: u64 = 0b111;
const TALLY_SHIFT: u32 = 8;
const SUCCEEDED_SHIFT: u32 = TALLY_SHIFT + 12;
const EPOCH_SHIFT: u32 = 32;
const TALLY: u64 = (MAX_FAILURES as u64) << TALLY_SHIFT;

/// The difference of one epoch.
pub(super) const NEXT_EPOCH: u64 = 1 << EPOCH_SHIFT;

/// The word of a breaker; see the [module](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedState(pub(super) u64);

impl PackedState {
    /// The initial state: closed.
    pub(super) const START: Self = Self(BreakerState::Closed as u64);

    /// The next period.
    pub(super) fn next(self, state: BreakerState) -> Self {
        let epoch = self.epoch().wrapping_add(1);
        Self(u64::from(epoch) << EPOCH_SHIFT | state as u64)
    }

    #[inline]
    pub(super) fn state(self) -> BreakerState {
        match self.0 & MODE {
            0 => BreakerState::Closed,
            1 => BreakerState::Open,
            2 => BreakerState::HalfOpen,
            3 => BreakerState::ForcedOpen,
            4 => BreakerState::ForcedClosed,
            _ => BreakerState::Disabled,
        }
    }

    #[inline]
    pub(super) fn epoch(self) -> u32 {
        (self.0 >> EPOCH_SHIFT) as u32
    }

    #[inline]
    pub(super) fn same_period(self, other: Self) -> bool {
        (self.0 ^ other.0) & !TALLY == 0
    }

    /// Whether it is closed without consecutive failures.
    #[inline]
    pub(super) fn is_healthy(self) -> bool {
        self.0 & (TALLY | MODE) == 0
    }

    /// If closed: the number of consecutive failures.
    #[inline]
    pub(super) fn run(self) -> u32 {
        ((self.0 & TALLY) >> TALLY_SHIFT) as u32
    }

    pub(super) fn with_run(self, run: u32) -> Self {
        Self(self.0 & !TALLY | u64::from(run.min(MAX_FAILURES)) << TALLY_SHIFT)
    }

    /// If half open: the number of probes in flight.
    pub(super) fn in_flight(self) -> u32 {
        (self.0 >> TALLY_SHIFT) as u32 & MAX_PROBES
    }

    /// If half open: the number of probes that have succeeded.
    pub(super) fn succeeded(self) -> u32 {
        (self.0 >> SUCCEEDED_SHIFT) as u32 & MAX_PROBES
    }

    /// Adds a probe; `None` if all probes are in flight or have succeeded.
    pub(super) fn probe_started(self, probes: u32) -> Option<Self> {
        let room = self.in_flight() + self.succeeded() < probes;
        room.then_some(Self(self.0 + (1 << TALLY_SHIFT)))
    }

    pub(super) fn probe_succeeded(self) -> Self {
        Self(self.probe_given_back().0 + (1 << SUCCEEDED_SHIFT))
    }

    pub(super) fn probe_given_back(self) -> Self {
        debug_assert!(self.in_flight() > 0, "no probe is in flight");
        Self(self.0 - (1 << TALLY_SHIFT))
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_read_back() {
        for state in BreakerState::ALL {
            let word = PackedState::START.next(state);
            assert_eq!(word.state(), state);
            assert_eq!(word.epoch(), 1);
            assert_eq!(word.run(), 0);
        }
    }

    #[test]
    fn period_is_mode_and_epoch_without_the_tally() {
        let word = PackedState::START;
        assert!(word.same_period(word.with_run(MAX_FAILURES)));
        assert!(!word.same_period(PackedState(word.0 + NEXT_EPOCH)));
        assert!(!word.same_period(PackedState(word.0 | BreakerState::Open as u64)));
    }

    #[test]
    fn probes_have_their_own_fields() {
        let mut word = PackedState::START.next(BreakerState::HalfOpen);
        for started in 0..MAX_PROBES {
            assert_eq!(word.in_flight(), started);
            word = word.probe_started(MAX_PROBES).expect("there is room");
        }
        assert_eq!(word.probe_started(MAX_PROBES), None);
        for succeeded in 0..MAX_PROBES {
            assert_eq!(word.succeeded(), succeeded);
            assert_eq!(word.probe_started(MAX_PROBES), None);
            word = word.probe_succeeded();
        }
        assert_eq!(word.in_flight(), 0);
        assert_eq!(word.epoch(), 1);
        assert_eq!(word.state(), BreakerState::HalfOpen);
    }

    #[test]
    fn epoch_wraps() {
        let last = PackedState(u64::from(u32::MAX) << EPOCH_SHIFT);
        assert_eq!(last.next(BreakerState::Open).epoch(), 0);
    }
}
