//! Sharded counters of one method.
//!
//! An atomic increment is cheap only while no other core holds the cache line,
//! and on a server with many cores another one always does. So every thread
//! counts in its own shard, which no other thread writes: an increment is a load
//! and a store, exact without a locked instruction. Readers sum the shards.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::shards::{SHARDS, shard_of_thread};
use crate::model::code::Code;
use crate::telemetry::metrics::snapshot::DURATION_BUCKETS;

const CODES: usize = Code::ALL.len();
const BUCKETS: usize = DURATION_BUCKETS.len() + 1;

/// The upper bounds of the buckets, in nanoseconds.
const BOUNDS: [u64; DURATION_BUCKETS.len()] = {
    let mut bounds = [0; DURATION_BUCKETS.len()];
    let mut index = 0;
    while index < bounds.len() {
        bounds[index] = (DURATION_BUCKETS[index] * 1e9) as u64;
        index += 1;
    }
    bounds
};

/// The counters of one method on one side.
#[derive(Debug)]
pub(crate) struct Series {
    /// Each is created when its thread first counts here. The first one is
    /// shared by the threads that have no shard of their own.
    shards: [OnceLock<Box<Shard>>; SHARDS],
}

/// A cache line is 64 bytes, and some processors fetch two.
#[repr(align(128))]
#[derive(Debug, Default)]
struct Shard {
    started: AtomicU64,
    nanoseconds: AtomicU64,
    codes: [AtomicU64; CODES],
    buckets: [AtomicU64; BUCKETS],
}

/// The sums over all shards.
pub(crate) struct Totals {
    pub(crate) started: u64,
    pub(crate) nanoseconds: u64,
    pub(crate) codes: [u64; CODES],
    pub(crate) buckets: [u64; BUCKETS],
}

impl Default for Series {
    fn default() -> Self {
        Self {
            shards: [const { OnceLock::new() }; SHARDS],
        }
    }
}

impl Series {
    #[inline]
    pub(crate) fn begin(&self) {
        let (shard, exclusive) = self.shard();
        add(&shard.started, 1, exclusive);
    }

    #[inline]
    pub(crate) fn end(&self, code: Code, took: Duration) {
        let (shard, exclusive) = self.shard();
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        add(&shard.nanoseconds, nanoseconds, exclusive);
        add(&shard.buckets[bucket(nanoseconds)], 1, exclusive);
        add(&shard.codes[code.number() as usize], 1, exclusive);
    }

    /// The shard of this thread, and whether this thread is its only writer.
    #[inline]
    fn shard(&self) -> (&Shard, bool) {
        let index = shard_of_thread();
        (self.shards[index].get_or_init(Box::default), index > 0)
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals {
            started: 0,
            nanoseconds: 0,
            codes: [0; CODES],
            buckets: [0; BUCKETS],
        };
        let shards = || self.shards.iter().filter_map(OnceLock::get);
        // Read completed calls before started ones: a concurrent call may count
        // as started and not as completed, but never the other way round.
        for shard in shards() {
            sum(&mut totals.codes, &shard.codes);
        }
        for shard in shards() {
            totals.started += shard.started.load(Ordering::Acquire);
            totals.nanoseconds += shard.nanoseconds.load(Ordering::Relaxed);
            sum(&mut totals.buckets, &shard.buckets);
        }
        totals
    }
}

#[inline]
fn add(counter: &AtomicU64, value: u64, exclusive: bool) {
    if exclusive {
        // No other thread writes, so no increment is lost between load and store.
        let sum = counter.load(Ordering::Relaxed).wrapping_add(value);
        counter.store(sum, Ordering::Release);
    } else {
        counter.fetch_add(value, Ordering::AcqRel);
    }
}

#[inline]
fn bucket(nanoseconds: u64) -> usize {
    // Most calls are in the first bucket, which a linear scan finds first.
    BOUNDS
        .iter()
        .position(|bound| nanoseconds <= *bound)
        .unwrap_or(BOUNDS.len())
}

fn sum(totals: &mut [u64], counters: &[AtomicU64]) {
    for (total, counter) in totals.iter_mut().zip(counters) {
        *total += counter.load(Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_on_a_bound_is_in_the_bucket_below_it() {
        let check = |nanoseconds, expected| assert_eq!(bucket(nanoseconds), expected);
        check(0, 0);
        check(5_000_000, 0);
        check(5_000_001, 1);
        check(10_000_000_000, 13);
        check(10_000_000_001, 14);
        check(u64::MAX, 14);
    }

    #[test]
    fn no_count_is_lost_between_more_threads_than_shards() {
        const EACH: u64 = 500;
        let series = Series::default();
        let threads = SHARDS * 2;
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        series.begin();
                        series.end(Code::Ok, Duration::from_nanos(3));
                    }
                });
            }
        });
        let totals = series.totals();
        let expected = EACH * threads as u64;
        assert_eq!(totals.started, expected);
        assert_eq!(totals.codes[Code::Ok.number() as usize], expected);
        assert_eq!(totals.buckets[0], expected);
        assert_eq!(totals.nanoseconds, 3 * expected);
    }
}
