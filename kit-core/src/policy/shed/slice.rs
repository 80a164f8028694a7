//! One slice of time: how many calls ended in it, and how long they took.
//!
//! A slice comes round again each ten seconds, and what it counts then is of
//! another *lap*. Were the lap a word of its own, a call could end between the
//! turn of the lap and the emptying of the counts, and be lost, or be told late
//! and be counted in the lap of now. So each count has its lap in its own word,
//! and one compare-and-swap counts and turns over in one:
//!
//! ```text
//! lap 28 | value 36
//! ```
//!
//! That is 85 years of laps, and what 687,000 calls at once take in a slice; a
//! value that is full counts no more.

use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::{Acquire, Relaxed, Release};

const VALUE_BITS: u32 = 36;
const VALUE: u64 = (1 << VALUE_BITS) - 1;

const MICROSECOND: u64 = 1_000;

#[derive(Debug, Default)]
pub(super) struct Slice {
    passed: Count,
    /// The sum of their times, in microseconds.
    took: Count,
}

/// What a slice has of one lap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calls {
    pub(super) passed: u64,
    /// How long each took, in nanoseconds.
    pub(super) mean: f64,
}

impl Slice {
    /// A call has ended in this lap that took so long, in nanoseconds. One of
    /// an older lap than the slice's is left out.
    #[inline]
    pub(super) fn record(&self, lap: u64, took: u64) {
        // The time before the call, so that no call is seen without its time:
        // a mean that is too short would refuse calls.
        self.took.add(lap, took.div_ceil(MICROSECOND));
        self.passed.add(lap, 1);
    }

    /// What it has of this lap; `None` where that is nothing.
    pub(super) fn calls(&self, lap: u64) -> Option<Calls> {
        let passed = self.passed.of(lap).filter(|passed| *passed > 0)?;
        let took = self.took.of(lap)?;
        let mean = (took * MICROSECOND) as f64 / passed as f64;
        Some(Calls { passed, mean })
    }
}

/// A value of one lap, in one word.
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
    fn a_lap_starts_from_nothing_and_takes_nothing_of_those_before() {
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
    fn a_full_value_counts_no_more_and_stays_of_its_lap() {
        let count = Count::default();
        for more in [VALUE - 1, 1, u64::MAX] {
            count.add(3, more);
        }
        assert_eq!(count.of(3), Some(VALUE));
        count.add(4, 2);
        assert_eq!((count.of(3), count.of(4)), (None, Some(2)));
    }

    #[test]
    fn a_call_of_less_than_a_microsecond_took_one() {
        let slice = Slice::default();
        slice.record(0, 1);
        let mean = slice.calls(0).map(|calls| calls.mean);
        assert_eq!(mean, Some(1_000.0));
    }
}
