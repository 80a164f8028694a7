//! The counters of a retry policy, shared by all policies of a method: clients
//! are created and dropped, and a counter must not fall when one is dropped.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::GaveUp;

/// The counters of one policy, or of all that share them.
#[derive(Debug, Default)]
pub(crate) struct RetryCounts {
    retries: AtomicU64,
    gave_up: [AtomicU64; GaveUp::ALL.len()],
}

/// The counts of retries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetrySnapshot {
    /// Attempts after the first of a call.
    pub retries: u64,
    /// Calls that failed although their failure could have been retried, by
    /// the reason why it was not; every reason is included.
    pub gave_up: Vec<(GaveUp, u64)>,
}

impl RetryCounts {
    pub(crate) fn record_retry(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    pub(crate) fn record_give_up(&self, reason: GaveUp) {
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
