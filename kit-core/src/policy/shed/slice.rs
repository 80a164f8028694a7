//! One slice of time: how many calls ended in it, and their total duration.
//!
//! A slice is reused each ten seconds, and then counts for another *lap*. If
//! the lap were a word of its own, a call could end between the change of the
//! lap and the reset of the counts, and be lost, or be recorded late and be
//! counted in the current lap. So each count holds its lap in its own word,
//! and one compare-and-swap both counts and begins a lap (widths in bits):
//!
//! ```text
//! lap 28 | value 36
//! ```
//!
//! That allows 85 years of laps, and the total duration of 687,000 concurrent
//! calls in a slice; a full value stops counting.

use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::{Acquire, Relaxed, Release};

const VALUE_BITS: u32 = 36;
const VALUE: u64 = (1 << VALUE_BITS) - 1;

const MICROSECOND: u64 = 1_000;

/// The counts of a slice.
#[derive(Debug, Default)]
pub(super) struct Slice {
    passed: Count,
    /// The sum of their durations, in microseconds.
    took: Count,
}

/// The calls of one lap of a slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calls {
    pub(super) passed: u64,
    /// Their mean duration, in nanoseconds.
    pub(super) mean: f64,
}

impl Slice {
    /// Counts a call that ended in this lap, with its duration in
    /// nanoseconds. A call of an older lap than the slice's is left out.
    #[inline]
    pub(super) fn record(&self, lap: u64, took: u64) {
        // The duration before the call, so that no call is seen without its
        // duration: a mean that is too short would refuse calls.
        self.took.add(lap, took.div_ceil(MICROSECOND));
        self.passed.add(lap, 1);
    }

    /// The calls of this lap; `None` if there are none.
    pub(super) fn calls(&self, lap: u64) -> Option<Calls> {
        let passed = self.passed.of(lap).filter(|passed| *passed > 0)?;
        let took = self.took.of(lap)?;
        let mean = (took * MICROSECOND) as f64 / passed as f64;
        Some(Calls { passed, mean })
    }
}

/// A value and its lap, in one word.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Count {
    #[inline]
    fn add(&self, lap: u64, more: u64) {
        let mut word = self.0.load(Relaxed);
        loop {
            let value = match word >> VALUE_BITS {
                newer if newer > lap => return,
                same if same == lap => word & VALUE,
                _ => 0,
            };
            let next = lap << VALUE_BITS | value.saturating_add(more).min(VALUE);
            match self.0.compare_exchange_weak(word, next, Release, Relaxed) {
                Ok(_) => return,
                Err(other) => word = other,
            }
        }
    }

    fn of(&self, lap: u64) -> Option<u64> {
        let word = self.0.load(Acquire);
        (word >> VALUE_BITS == lap).then_some(word & VALUE)
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    #[test]
    fn new_lap_starts_empty_and_ignores_older_laps() {
        let slice = Slice::default();
        assert_eq!(slice.calls(0), None);
        let calls = |passed, mean| Some(Calls { passed, mean });
        slice.record(0, 3_000);
        slice.record(0, 1_000);
        assert_eq!(slice.calls(0), calls(2, 2_000.0));
        slice.record(7, 5_000);
        slice.record(6, 9_000);
        assert_eq!((slice.calls(0), slice.calls(6)), (None, None));
        assert_eq!(slice.calls(7), calls(1, 5_000.0));
    }

    #[test]
    fn full_value_stops_counting_and_keeps_its_lap() {
        let count = Count::default();
        for more in [VALUE - 1, 1, u64::MAX] {
            count.add(3, more);
        }
        assert_eq!(count.of(3), Some(VALUE));
        count.add(4, 2);
        assert_eq!((count.of(3), count.of(4)), (None, Some(2)));
    }

    #[test]
    fn call_below_a_microsecond_counts_as_one() {
        let slice = Slice::default();
        slice.record(0, 1);
        let mean = slice.calls(0).map(|calls| calls.mean);
        assert_eq!(mean, Some(1_000.0));
    }
}
