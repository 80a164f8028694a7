//! The clock that policies read.
//!
//! The cores are handed the time and never ask for it, so one reading serves
//! a whole chain. Whoever drives them reads it here: from tokio, whose clock a
//! test can pause, or from a clock that a test sets by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Where the time comes from.
///
/// ```
/// use std::time::Duration;
/// use kit::policy::{Clock, ManualClock};
///
/// let manual = ManualClock::new();
/// let clock = manual.clock();
/// let before = clock.now();
/// manual.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now() - before, Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    Tokio,
    Manual(Arc<Manual>),
}

#[derive(Debug)]
struct Manual {
    start: Instant,
    nanoseconds: AtomicU64,
}

impl Clock {
    /// The time now.
    #[inline]
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::Tokio => tokio::time::Instant::now().into_std(),
            Source::Manual(manual) => manual.now(),
        }
    }
}

/// A clock that stands still until it is told to go on.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Manual>);

impl ManualClock {
    /// A clock that stands at the time of its making.
    pub fn new() -> Self {
        Self(Arc::new(Manual {
            start: Instant::now(),
            nanoseconds: AtomicU64::new(0),
        }))
    }

    /// The time it shows.
    pub fn now(&self) -> Instant {
        self.0.now()
    }

    /// Goes on by that long; at most 584 years in all.
    pub fn advance(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.nanoseconds.fetch_add(nanoseconds, Ordering::SeqCst);
    }

    /// This clock, for policies to read.
    pub fn clock(&self) -> Clock {
        Clock(Source::Manual(Arc::clone(&self.0)))
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Manual {
    fn now(&self) -> Instant {
        self.start + Duration::from_nanos(self.nanoseconds.load(Ordering::SeqCst))
    }
}
