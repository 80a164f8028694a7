//! The counts of fallbacks. Those of one method are shared by its clients, so
//! that no counter falls when a client is dropped.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counters of one fallback, or of all fallbacks of a method: clients are
/// created and dropped, and a counter must not fall when one is dropped.
#[derive(Debug, Default)]
pub(crate) struct FallbackCounts {
    pub(super) invoked: AtomicU64,
    pub(super) failed: AtomicU64,
}

/// The counts of fallbacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FallbackSnapshot {
    /// Failures for which the fallback ran.
    pub invoked: u64,
    /// Runs of the fallback that failed too.
    pub failed: u64,
}

impl FallbackCounts {
    pub(crate) fn read(&self) -> FallbackSnapshot {
        FallbackSnapshot {
            invoked: self.invoked.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}
