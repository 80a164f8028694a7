//! What a hedge counts. Those of one method count in one place: clients come
//! and go, and a counter must not fall when one goes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counts of one policy, or of all that share them.
#[derive(Debug, Default)]
pub(crate) struct HedgeCounts {
    fired: AtomicU64,
    won: AtomicU64,
    unpaid: AtomicU64,
}

/// What hedges came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HedgeSnapshot {
    /// Second tries of slow calls.
    pub fired: u64,
    /// Those that answered first.
    pub won: u64,
    /// Slow calls that had no second try, as the budget was spent.
    pub unpaid: u64,
}

impl HedgeCounts {
    /// A call was slow; its second try was paid for or not.
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
