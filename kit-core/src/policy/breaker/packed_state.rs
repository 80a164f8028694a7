//! The state in one word, so that a call can be let through, or a result be
//! counted, by a single compare-and-swap.
//!
//! ```text
//! epoch 32 | tally 24 | free 5 | mode 3
//!            closed: failures in a row 24
//!            half open: succeeded 12 | under way 12
//! ```
//! Every change of the mode takes the next epoch. Mode and epoch together are
//! the *period* that a call was let through in; a result counts in its own
//! period, and after that in none.

use super::state::BreakerState;
use crate::model::policies::breaker::{MAX_FAILURES, MAX_PROBES};

const MODE: u64 = 0b111;
const TALLY_SHIFT: u32 = 8;
const SUCCEEDED_SHIFT: u32 = TALLY_SHIFT + 12;
const EPOCH_SHIFT: u32 = 32;
const TALLY: u64 = (MAX_FAILURES as u64) << TALLY_SHIFT;

/// What one epoch more adds.
pub(super) const NEXT_EPOCH: u64 = 1 << EPOCH_SHIFT;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedState(pub(super) u64);

impl PackedState {
    /// Closed, from the start.
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

    /// Whether it is closed with no failure in a row.
    #[inline]
    pub(super) fn is_well(self) -> bool {
        self.0 & (TALLY | MODE) == 0
    }

    /// Closed: how many calls in a row have failed.
    #[inline]
    pub(super) fn run(self) -> u32 {
        ((self.0 & TALLY) >> TALLY_SHIFT) as u32
    }

    pub(super) fn with_run(self, run: u32) -> Self {
        Self(self.0 & !TALLY | u64::from(run.min(MAX_FAILURES)) << TALLY_SHIFT)
    }

    /// Half open: how many probes are under way.
    pub(super) fn under_way(self) -> u32 {
        (self.0 >> TALLY_SHIFT) as u32 & MAX_PROBES
    }

    /// Half open: how many probes have succeeded.
    pub(super) fn succeeded(self) -> u32 {
        (self.0 >> SUCCEEDED_SHIFT) as u32 & MAX_PROBES
    }

    /// One probe more, where there is room for it.
    pub(super) fn probe_started(self, probes: u32) -> Option<Self> {
        let room = self.under_way() + self.succeeded() < probes;
        room.then_some(Self(self.0 + (1 << TALLY_SHIFT)))
    }

    pub(super) fn probe_succeeded(self) -> Self {
        Self(self.probe_given_back().0 + (1 << SUCCEEDED_SHIFT))
    }

    pub(super) fn probe_given_back(self) -> Self {
        debug_assert!(self.under_way() > 0, "no probe is under way");
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
    fn a_period_is_a_mode_and_an_epoch_whatever_the_tally() {
        let word = PackedState::START;
        assert!(word.same_period(word.with_run(MAX_FAILURES)));
        assert!(!word.same_period(PackedState(word.0 + NEXT_EPOCH)));
        assert!(!word.same_period(PackedState(word.0 | BreakerState::Open as u64)));
    }

    #[test]
    fn probes_have_their_own_fields() {
        let mut word = PackedState::START.next(BreakerState::HalfOpen);
        for started in 0..MAX_PROBES {
            assert_eq!(word.under_way(), started);
            word = word.probe_started(MAX_PROBES).expect("there is room");
        }
        assert_eq!(word.probe_started(MAX_PROBES), None);
        for succeeded in 0..MAX_PROBES {
            assert_eq!(word.succeeded(), succeeded);
            assert_eq!(word.probe_started(MAX_PROBES), None);
            word = word.probe_succeeded();
        }
        assert_eq!(word.under_way(), 0);
        assert_eq!(word.epoch(), 1);
        assert_eq!(word.state(), BreakerState::HalfOpen);
    }

    #[test]
    fn the_epoch_wraps() {
        let last = PackedState(u64::from(u32::MAX) << EPOCH_SHIFT);
        assert_eq!(last.next(BreakerState::Open).epoch(), 0);
    }
}
