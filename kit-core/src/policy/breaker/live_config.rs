//! The values of a configuration that calls read, each in its own atomic.
//!
//! A call that reads during a change may see values of both configurations.
//! Each value applies as it would a moment earlier or later.

use super::event::BreakerCause;
use crate::model::policies::breaker::BreakerConfig;
use crate::policy::support::class_table::ClassTable;
use crate::policy::support::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::policy::support::time_ring::Counts;

/// The limit of consecutive failures if there is none.
const NEVER: u32 = u32::MAX;

/// The current values.
#[derive(Debug)]
pub(super) struct LiveConfig {
    failures: AtomicU32,
    ratio: AtomicU64,
    min_calls: AtomicU32,
    slow: AtomicU64,
    slow_ratio: AtomicU64,
    probes: AtomicU32,
    pub(super) classes: ClassTable,
}

impl LiveConfig {
    pub(super) fn new(config: &BreakerConfig) -> Self {
        let live_config = Self {
            failures: AtomicU32::new(0),
            ratio: AtomicU64::new(0),
            min_calls: AtomicU32::new(0),
            slow: AtomicU64::new(0),
            slow_ratio: AtomicU64::new(0),
            probes: AtomicU32::new(0),
            classes: ClassTable::new(config.classes),
        };
        live_config.set(config);
        live_config
    }

    pub(super) fn set(&self, config: &BreakerConfig) {
        let ratio = config.ratio.unwrap_or(f64::INFINITY);
        let slow = config.slow.map_or(u64::MAX, |slow| {
            u64::try_from(slow.as_nanos()).unwrap_or(u64::MAX)
        });
        let order = Ordering::Relaxed;
        self.failures.store(config.failures.unwrap_or(NEVER), order);
        self.ratio.store(ratio.to_bits(), order);
        self.min_calls.store(config.effective_min_calls(), order);
        self.slow.store(slow, order);
        self.slow_ratio.store(config.slow_ratio.to_bits(), order);
        self.probes.store(config.probes, order);
        self.classes.set(config.classes);
    }

    /// The duration from which on a call is slow, in nanoseconds; `u64::MAX`
    /// if no call is.
    #[inline]
    pub(super) fn slow(&self) -> u64 {
        self.slow.load(Ordering::Relaxed)
    }

    pub(super) fn probes(&self) -> u32 {
        self.probes.load(Ordering::Relaxed)
    }

    /// Whether that many consecutive failures open the breaker.
    pub(super) fn is_run_too_long(&self, run: u32) -> bool {
        run >= self.failures.load(Ordering::Relaxed)
    }

    /// Whether consecutive failures are limited.
    pub(super) fn limits_runs(&self) -> bool {
        self.failures.load(Ordering::Relaxed) != NEVER
    }

    /// The ratio limit that a window has reached, if any.
    pub(super) fn reached(&self, counts: Counts) -> Option<BreakerCause> {
        if counts.calls < u64::from(self.min_calls.load(Ordering::Relaxed)) {
            return None;
        }
        // The quotient of two counts rounds to the same number as the ratio
        // literal: 3 of 30 is 0.1 to the last bit. The product 0.1 · 30 is
        // not 3.
        let calls = counts.calls as f64;
        if counts.failures as f64 / calls >= load(&self.ratio) {
            return Some(BreakerCause::FailureRatio);
        }
        if counts.slow as f64 / calls >= load(&self.slow_ratio) {
            return Some(BreakerCause::SlowRatio);
        }
        None
    }
}

fn load(ratio: &AtomicU64) -> f64 {
    f64::from_bits(ratio.load(Ordering::Relaxed))
}
