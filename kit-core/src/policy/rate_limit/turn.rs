//! What a call took from the buckets, and the count of waiting calls.

use super::gcra::Taken;
use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::Relaxed;

/// What a call took from the bucket of all calls and from that of its key.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) everyone: Option<Taken>,
    /// From the bucket of a key, with the key's hash.
    pub(super) key: Option<(u64, Taken)>,
}

impl Turn {
    #[inline]
    pub(super) fn wait(&self) -> u64 {
        let everyone = self.everyone.map_or(0, |taken| taken.wait);
        let key = self.key.map_or(0, |(_, taken)| taken.wait);
        everyone.max(key)
    }
}

/// A guard that counts a waiting call until it is dropped.
#[derive(Debug)]
pub(super) struct Queued<'a>(&'a AtomicU64);

impl<'a> Queued<'a> {
    pub(super) fn new(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Relaxed);
        Self(count)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
