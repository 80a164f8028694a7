//! What a retry policy counts. The policies of one method count in one place:
//! clients come and go, and a counter must not fall when one goes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::GaveUp;

/// The counts of one policy, or of all that share them.
#[derive(Debug, Default)]
pub(crate) struct RetryCounts {
    retries: AtomicU64,
    gave_up: [AtomicU64; GaveUp::ALL.len()],
}

/// What retries came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetrySnapshot {
    /// Attempts made again.
    pub retries: u64,
    /// Calls that failed for good although their failure was one to be tried
    /// again, by why it was not; every reason is there.
    pub gave_up: Vec<(GaveUp, u64)>,
}

impl RetryCounts {
    pub(crate) fn note_retry(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    pub(crate) fn note_end(&self, reason: GaveUp) {
        self.gave_up[reason as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Relaxed)
    }

    pub(crate) fn gave_up(&self, reason: GaveUp) -> u64 {
        self.gave_up[reason as usize].load(Relaxed)
    }

    pub(crate) fn read(&self) -> RetrySnapshot {
        let gave_up = |reason| (reason, self.gave_up(reason));
        RetrySnapshot {
            retries: self.retries(),
            gave_up: GaveUp::ALL.map(gave_up).to_vec(),
        }
    }
}
