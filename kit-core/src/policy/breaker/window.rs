//! The window of a breaker: over time, over calls, or none if only
//! consecutive failures are limited. The kind can change while calls run.

use super::call_ring::CallRing;
use crate::model::policies::breaker::BreakerConfig;
use crate::policy::support::sync::atomic::{AtomicU32, Ordering};
use crate::policy::support::time_ring::{Counts, Sample, TimeRing};

/// The kind without a window. Any other value except [`TIME`] is the size of a
/// call window.
const NONE: u32 = u32::MAX;
/// The kind of a time window.
const TIME: u32 = 0;

/// A window of either kind.
#[derive(Debug)]
pub(super) struct Window {
    kind: AtomicU32,
    time: TimeRing,
    calls: CallRing,
}

impl Window {
    pub(super) fn new(config: &BreakerConfig) -> Self {
        let window = Self {
            kind: AtomicU32::new(kind(config)),
            time: TimeRing::new(config.window),
            calls: CallRing::new(),
        };
        window.make_room(config);
        window
    }

    /// Counts a completed call; only a time window calls `now`.
    #[inline]
    pub(super) fn add(&self, epoch: u32, sample: Sample, now: impl FnOnce() -> u64) {
        match self.kind.load(Ordering::Relaxed) {
            NONE => {}
            TIME => self.time.add(epoch, now(), sample),
            size => self.calls.add(epoch, size, sample),
        }
    }

    /// Returns the totals of an epoch.
    pub(super) fn counts(&self, epoch: u32, now: u64) -> Counts {
        match self.kind.load(Ordering::Relaxed) {
            NONE => Counts::default(),
            TIME => self.time.counts(epoch, now),
            size => self.calls.counts(epoch, size),
        }
    }

    /// Applies another configuration. Returns whether the window has changed;
    /// a changed window starts with the next epoch.
    pub(super) fn configure(&self, before: &BreakerConfig, config: &BreakerConfig) -> bool {
        let resized = before.window != config.window;
        if resized {
            self.time.resize(config.window);
        }
        self.make_room(config);
        let kind = kind(config);
        let other = self.kind.swap(kind, Ordering::Relaxed) != kind;
        other || (resized && kind == TIME)
    }

    fn make_room(&self, config: &BreakerConfig) {
        if let Some(size) = config.window_calls {
            self.calls.make_room(size);
        }
    }
}

fn kind(config: &BreakerConfig) -> u32 {
    if config.ratio.is_none() && config.slow.is_none() {
        return NONE;
    }
    config.window_calls.unwrap_or(TIME)
}
