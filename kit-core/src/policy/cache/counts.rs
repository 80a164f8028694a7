//! The counters of a cache, shared by all caches of a method: clients are
//! created and dropped, and a counter must not fall when one is dropped.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counters of one cache, or of all that share them.
#[derive(Debug, Default)]
pub(crate) struct CacheCounts {
    pub(crate) fresh: AtomicU64,
    pub(crate) stale: AtomicU64,
    pub(crate) missed: AtomicU64,
    pub(crate) joined: AtomicU64,
    pub(crate) passed: AtomicU64,
}

/// The counts of a cache; see [`Cache::snapshot`](super::Cache::snapshot).
///
/// Each call counts as one of the first four; `entries` is the current number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheSnapshot {
    /// Lookups that found a fresh response.
    pub fresh: u64,
    /// Lookups that found a stale response.
    pub stale: u64,
    /// Lookups that found no response.
    pub missed: u64,
    /// Calls that bypassed the cache, as they send metadata.
    pub passed: u64,
    /// Missed calls that waited for an equal one.
    pub joined: u64,
    /// The current number of entries, expired ones included.
    pub entries: usize,
}

impl CacheCounts {
    /// Reads the counters; the owner of the entries adds their number.
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
