//! The clock that policies read.
//!
//! The cores take the time as an argument and never read a clock, so one
//! reading serves a whole chain. The code that drives them reads it here: from
//! tokio, whose clock tests can pause, or from a clock that a test sets by
//! hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A source of time for policies.
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

/// The implementation behind a [`Clock`].
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
    /// Returns the current time.
    #[inline]
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::Tokio => tokio::time::Instant::now().into_std(),
            Source::Manual(manual) => manual.now(),
        }
    }
}

/// A clock that advances only by [`ManualClock::advance`].
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Manual>);

impl ManualClock {
    /// Creates a clock set to the current time.
    pub fn new() -> Self {
        Self(Arc::new(Manual {
            start: Instant::now(),
            nanoseconds: AtomicU64::new(0),
        }))
    }

    /// Returns the time of this clock.
    pub fn now(&self) -> Instant {
        self.0.now()
    }

    /// Advances the clock; in total by at most 584 years.
    pub fn advance(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.nanoseconds.fetch_add(nanoseconds, Ordering::SeqCst);
    }

    /// Returns a [`Clock`] that reads this one.
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
