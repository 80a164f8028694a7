//! What a cache counts. Those of one method count in one place: clients come
//! and go, and a counter must not fall when one goes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counts of one cache, or of all that share them.
#[derive(Debug, Default)]
pub(crate) struct CacheCounts {
    pub(crate) fresh: AtomicU64,
    pub(crate) stale: AtomicU64,
    pub(crate) missed: AtomicU64,
    pub(crate) joined: AtomicU64,
    pub(crate) passed: AtomicU64,
}

/// How often a cache did what; see [`Cache::snapshot`](super::Cache::snapshot).
///
/// Each call is one of the first four; entries are what there is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheSnapshot {
    /// Answers given in their time.
    pub fresh: u64,
    /// Answers found after their time, and not too late.
    pub stale: u64,
    /// Nothing was there.
    pub missed: u64,
    /// Calls that passed by for their metadata.
    pub passed: u64,
    /// Calls, among those that missed, that waited for an equal one.
    pub joined: u64,
    /// Entries now, those whose time is over with them.
    pub entries: usize,
}

impl CacheCounts {
    /// The counts; who has the entries adds them.
    pub(crate) fn read(&self) -> CacheSnapshot {
        CacheSnapshot {
            fresh: self.fresh.load(Relaxed),
            stale: self.stale.load(Relaxed),
            missed: self.missed.load(Relaxed),
            passed: self.passed.load(Relaxed),
            joined: self.joined.load(Relaxed),
            entries: 0,
        }
    }
}
