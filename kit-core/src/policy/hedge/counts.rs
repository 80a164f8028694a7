//! The counters of a hedge, shared by all hedges of a method: clients are
//! created and dropped, and a counter must not fall when one is dropped.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counters of one policy, or of all that share them.
#[derive(Debug, Default)]
pub(crate) struct HedgeCounts {
    fired: AtomicU64,
    won: AtomicU64,
    unpaid: AtomicU64,
}

/// The counts of hedges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HedgeSnapshot {
    /// Second attempts that were sent.
    pub fired: u64,
    /// Second attempts that won.
    pub won: u64,
    /// Slow calls without a second attempt, as the budget was spent.
    pub unpaid: u64,
}

impl HedgeCounts {
    /// Counts a slow call, whose second attempt was paid for or not.
    pub(crate) fn note(&self, paid: bool) {
        let counter = if paid { &self.fired } else { &self.unpaid };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn note_won(&self) {
        self.won.fetch_add(1, Relaxed);
    }

    pub(crate) fn read(&self) -> HedgeSnapshot {
        HedgeSnapshot {
            fired: self.fired.load(Relaxed),
            won: self.won.load(Relaxed),
            unpaid: self.unpaid.load(Relaxed),
        }
    }
}
