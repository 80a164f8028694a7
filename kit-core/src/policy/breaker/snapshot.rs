//! The state of a breaker, for metrics and consoles.

use super::state::BreakerState;
use crate::model::status::refusal::RefusalReason;
use crate::policy::support::sync::atomic::{AtomicU64, Ordering};

/// The state of a breaker. Its fields are read one after another, without a
/// lock, while calls are running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerSnapshot {
    /// The state; an open breaker whose open time has elapsed is half open.
    pub state: BreakerState,
    /// The number of calls in the window.
    pub calls: u64,
    /// The number of them that failed, soft outcomes included.
    pub failures: u64,
    /// The number of them that were slow.
    pub slow: u64,
    /// The number of consecutive failures, while closed.
    pub failures_in_a_row: u32,
    /// The number of probes in flight, while half open.
    pub probes_under_way: u32,
    /// The number of probes that have succeeded, while half open.
    pub probes_succeeded: u32,
    /// The calls refused since the breaker was created, by reason.
    pub refusals: BreakerRefusals,
    /// The results that were dropped, as the state that admitted their calls
    /// had ended.
    pub dropped_results: u64,
}

/// The number of calls that a breaker has refused, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerRefusals {
    /// The breaker was open.
    pub open: u64,
    /// The breaker was half open, with its probes in flight.
    pub half_open: u64,
    /// The breaker was forced open.
    pub forced_open: u64,
}

impl BreakerRefusals {
    /// Returns their sum.
    pub const fn total(&self) -> u64 {
        self.open + self.half_open + self.forced_open
    }
}

/// The counters that no decision depends on.
#[derive(Debug)]
pub(super) struct RefusalCounters {
    open: AtomicU64,
    half_open: AtomicU64,
    forced_open: AtomicU64,
    dropped_results: AtomicU64,
}

impl RefusalCounters {
    pub(super) fn new() -> Self {
        Self {
            open: AtomicU64::new(0),
            half_open: AtomicU64::new(0),
            forced_open: AtomicU64::new(0),
            dropped_results: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(super) fn refused(&self, reason: RefusalReason) {
        let counter = match reason {
            RefusalReason::HalfOpen => &self.half_open,
            RefusalReason::ForcedOpen => &self.forced_open,
            _ => &self.open,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    #[cold]
    pub(super) fn dropped_result(&self) {
        self.dropped_results.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refusals(&self) -> BreakerRefusals {
        BreakerRefusals {
            open: self.open.load(Ordering::Relaxed),
            half_open: self.half_open.load(Ordering::Relaxed),
            forced_open: self.forced_open.load(Ordering::Relaxed),
        }
    }

    pub(super) fn dropped_results(&self) -> u64 {
        self.dropped_results.load(Ordering::Relaxed)
    }
}
