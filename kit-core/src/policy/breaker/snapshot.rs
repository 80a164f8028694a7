//! A look at a breaker: what metrics and consoles read.

use super::state::BreakerState;
use crate::model::status::refusal::RefusalReason;
use crate::policy::support::sync::atomic::{AtomicU64, Ordering};

/// What a breaker knows at one moment. Its parts are read one after another
/// while calls go on, with no lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerSnapshot {
    /// The state that a call would meet.
    pub state: BreakerState,
    /// How many calls the window holds.
    pub calls: u64,
    /// How many of them failed, soft outcomes among them.
    pub failures: u64,
    /// How many of them were slow.
    pub slow: u64,
    /// How many calls in a row have failed, while closed.
    pub failures_in_a_row: u32,
    /// How many probes are under way, while half open.
    pub probes_under_way: u32,
    /// How many probes have succeeded, while half open.
    pub probes_succeeded: u32,
    /// How many calls were refused, by reason, since the breaker was made.
    pub refusals: BreakerRefusals,
    /// How many results came after the state that their call was let through
    /// in had ended, and were dropped.
    pub dropped_results: u64,
}

/// How many calls a breaker has refused, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerRefusals {
    /// It was open.
    pub open: u64,
    /// It was half open, with its probes under way.
    pub half_open: u64,
    /// It was forced open.
    pub forced_open: u64,
}

impl BreakerRefusals {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.open + self.half_open + self.forced_open
    }
}

/// The counters that no decision needs.
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
