//! Sliding-window counters of calls, in buckets of time.
//!
//! The window is divided into [`BUCKETS`] equal parts, and slides by one of
//! them. Each bucket stores which part of time and which *epoch* it counts. A
//! policy that starts over takes the next epoch, and the ring is empty for it
//! without being cleared. The time and the epoch of a bucket only increase, so
//! a call that is recorded late never clears newer counts; it is not counted.
//!
//! Counting takes one compare-and-swap. The first call in each part of time
//! also takes a lock to reset the bucket: one caller in each sixteenth of the
//! window. The layout of the words of a bucket, with the widths in bits:
//!
//! ```text
//! stamp   tick 38 | epoch 18 | turns 8
//! counts  turns 8 | failures 28 | calls 28
//! slow    turns 8 | slow 56
//! ```
//!
//! `turns` counts the resets of the bucket and wraps. If the `turns` of a count
//! differ from those of the stamp, the count belongs
//! to an earlier use of the bucket. A full bucket (268 million calls) stops
//! counting.

mod width;

use std::time::Duration;

pub(crate) use self::width::BUCKETS;
use self::width::{Width, WidthNow};
use super::sync::atomic::{AtomicU64, Ordering};
use super::sync::{Mutex, lock};

const TURNS_BITS: u32 = 8;
const TURNS: u64 = (1 << TURNS_BITS) - 1;
const EPOCH_BITS: u32 = 18;
const TICK_SHIFT: u32 = TURNS_BITS + EPOCH_BITS;
const COUNT_BITS: u32 = 28;
const COUNT: u64 = (1 << COUNT_BITS) - 1;
const TURNS_SHIFT: u32 = 2 * COUNT_BITS;

/// One completed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
}

impl Sample {
    /// A call that neither failed nor was slow.
    pub(crate) const GOOD: Self = Self {
        failed: false,
        slow: false,
    };
}

/// The totals of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
}

/// Counters over the last window.
#[derive(Debug)]
pub(crate) struct TimeRing {
    width: Width,
    buckets: [Bucket; BUCKETS],
    turning: Mutex<()>,
}

#[derive(Debug)]
struct Bucket {
    stamp: AtomicU64,
    counts: AtomicU64,
    slow: AtomicU64,
}

impl TimeRing {
    pub(crate) fn new(window: Duration) -> Self {
        Self {
            width: Width::new(window),
            buckets: std::array::from_fn(|_| Bucket {
                stamp: AtomicU64::new(0),
                counts: AtomicU64::new(0),
                slow: AtomicU64::new(0),
            }),
            turning: Mutex::new(()),
        }
    }

    /// Counts a call that completed at `now` nanoseconds.
    #[inline]
    pub(crate) fn add(&self, epoch: u32, now: u64, sample: Sample) {
        let width = self.width.load();
        let key = Key::new(width.tick(now), epoch);
        let bucket = &self.buckets[key.index()];
        match key.turns(bucket.stamp.load(Ordering::Acquire)) {
            Some(turns) if bucket.add(turns, sample) => {}
            _ => self.add_to_turned(key, width, sample),
        }
    }

    /// Returns the totals of an epoch over the window that ends at `now`
    /// nanoseconds.
    pub(crate) fn counts(&self, epoch: u32, now: u64) -> Counts {
        let key = Key::new(self.width.load().tick(now), epoch);
        let live = self.buckets.iter().filter_map(|bucket| bucket.read(key));
        live.fold(Counts::default(), |sum, counts| Counts {
            calls: sum.calls + counts.calls,
            failures: sum.failures + counts.failures,
            slow: sum.slow + counts.slow,
        })
    }

    /// Empties the window and changes its length.
    pub(crate) fn resize(&self, window: Duration) {
        let _turning = lock(&self.turning);
        self.width.set(window);
        for bucket in &self.buckets {
            bucket.turn(Key(0));
        }
    }

    #[cold]
    fn add_to_turned(&self, key: Key, width: WidthNow, sample: Sample) {
        let _turning = lock(&self.turning);
        // A tick of another width denotes another time.
        if width != self.width.load() {
            return;
        }
        let bucket = &self.buckets[key.index()];
        let stamp = bucket.stamp.load(Ordering::Relaxed);
        let turns = match key.after(Key::of(stamp)) {
            0 => stamp & TURNS,
            1.. => bucket.turn(key),
            _ => return,
        };
        // A full bucket does not count. The turns match otherwise, as only
        // the holder of the lock resets a bucket.
        bucket.add(turns, sample);
    }
}

impl Bucket {
    /// Counts a call. Returns `false` if the bucket has been reset meanwhile.
    #[inline]
    fn add(&self, turns: u64, sample: Sample) -> bool {
        let more = 1 | u64::from(sample.failed) << COUNT_BITS;
        let mut counts = self.counts.load(Ordering::Relaxed);
        loop {
            if counts >> TURNS_SHIFT != turns {
                return false;
            }
            if counts & COUNT == COUNT {
                return true;
            }
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            match self
                .counts
                .compare_exchange_weak(counts, counts + more, success, failure)
            {
                Ok(_) => break,
                Err(now) => counts = now,
            }
        }
        if sample.slow {
            self.add_slow(turns);
        }
        true
    }

    #[cold]
    fn add_slow(&self, turns: u64) {
        let add = |slow: u64| (slow >> TURNS_SHIFT == turns).then_some(slow + 1);
        // If the bucket has been reset meanwhile, the count is obsolete.
        let _ = self
            .slow
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Resets the bucket for another key and returns its turns. The caller
    /// holds the lock.
    fn turn(&self, key: Key) -> u64 {
        let stamp = self.stamp.load(Ordering::Relaxed);
        let turns = (stamp + 1) & TURNS;
        // An addition before these swaps belongs to the time that ends here; a
        // later one finds other turns and gives up. Swaps, not stores, so that
        // every thread sees one or the other.
        self.counts.swap(turns << TURNS_SHIFT, Ordering::Relaxed);
        self.slow.swap(turns << TURNS_SHIFT, Ordering::Relaxed);
        // A thread that sees the stamp also sees the emptied counts.
        self.stamp.store(key.0 | turns, Ordering::Release);
        turns
    }

    /// Returns the counts if they are in the window that ends with `now`.
    fn read(&self, now: Key) -> Option<Counts> {
        let stamp = self.stamp.load(Ordering::Acquire);
        let turns = stamp & TURNS;
        let slow = self.slow.load(Ordering::Relaxed);
        let counts = self.counts.load(Ordering::Relaxed);
        if !now.covers(Key::of(stamp)) || counts >> TURNS_SHIFT != turns {
            return None;
        }
        Some(Counts {
            calls: counts & COUNT,
            failures: counts >> COUNT_BITS & COUNT,
            slow: match slow >> TURNS_SHIFT == turns {
                true => slow & ((1 << TURNS_SHIFT) - 1),
                false => 0,
            },
        })
    }
}

/// A tick and an epoch, at their positions in a stamp. Both wrap and are
/// compared by distance.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u64);

impl Key {
    #[inline]
    fn new(tick: u64, epoch: u32) -> Self {
        let epoch = u64::from(epoch) & ((1 << EPOCH_BITS) - 1);
        Self(tick << TICK_SHIFT | epoch << TURNS_BITS)
    }

    #[inline]
    fn of(stamp: u64) -> Self {
        Self(stamp & !TURNS)
    }

    /// The turns of a stamp, if the stamp has this key.
    #[inline]
    fn turns(self, stamp: u64) -> Option<u64> {
        let turns = self.0 ^ stamp;
        (turns <= TURNS).then_some(turns)
    }

    #[inline]
    fn index(self) -> usize {
        (self.0 >> TICK_SHIFT) as usize % BUCKETS
    }

    /// The number of ticks from `other` to this key.
    fn ticks_after(self, other: Self) -> i64 {
        // Shifted to the top of the word, the difference keeps its sign.
        let tick = |key: Self| key.0 >> TICK_SHIFT << TICK_SHIFT;
        (tick(self).wrapping_sub(tick(other)) as i64) >> TICK_SHIFT
    }

    /// Positive if this key is later than `other`, by tick, then by epoch.
    fn after(self, other: Self) -> i64 {
        match self.ticks_after(other) {
            0 => self.epoch_after(other),
            ticks => ticks,
        }
    }

    fn epoch_after(self, other: Self) -> i64 {
        let epoch = |key: Self| key.0 >> TURNS_BITS << (64 - EPOCH_BITS);
        (epoch(self).wrapping_sub(epoch(other)) as i64) >> (64 - EPOCH_BITS)
    }

    /// Whether the window that ends with this tick contains `other`. A later
    /// tick counts as contained: another caller has read the clock since.
    fn covers(self, other: Self) -> bool {
        self.epoch_after(other) == 0 && self.ticks_after(other) < BUCKETS as i64
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    const OK: Sample = Sample {
        failed: false,
        slow: false,
    };
    const BAD: Sample = Sample {
        failed: true,
        slow: true,
    };
    const SECOND: u64 = 1_000_000_000;

    fn ring() -> TimeRing {
        TimeRing::new(Duration::from_secs(16))
    }

    #[test]
    fn a_call_leaves_the_window_with_its_bucket() {
        let ring = ring();
        ring.add(0, 0, BAD);
        ring.add(0, 3 * SECOND, OK);
        let all = Counts {
            calls: 2,
            failures: 1,
            slow: 1,
        };
        assert_eq!(ring.counts(0, 16 * SECOND - 1), all);
        let one = Counts {
            calls: 1,
            ..Counts::default()
        };
        assert_eq!(ring.counts(0, 16 * SECOND), one);
        assert_eq!(ring.counts(0, 19 * SECOND), Counts::default());
    }

    #[test]
    fn new_epoch_starts_empty_and_ignores_calls_of_the_old_one() {
        let ring = ring();
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(1, 0), Counts::default());
        ring.add(1, 0, OK);
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(1, 0).calls, 1);
        assert_eq!(ring.counts(1, 0).failures, 0);
    }

    #[test]
    fn a_call_recorded_a_window_late_clears_nothing() {
        let ring = ring();
        ring.add(0, 16 * SECOND, OK);
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(0, 16 * SECOND).calls, 1);
        assert_eq!(ring.counts(0, 16 * SECOND).failures, 0);
    }

    #[test]
    fn resized_window_starts_empty_and_counts() {
        let ring = ring();
        ring.add(0, 1000 * SECOND, BAD);
        ring.resize(Duration::from_secs(160));
        assert_eq!(ring.counts(0, 1000 * SECOND), Counts::default());
        ring.add(0, 1000 * SECOND, BAD);
        assert_eq!(ring.counts(0, 1000 * SECOND).failures, 1);
    }

    #[test]
    fn epoch_and_tick_wrap() {
        let ring = ring();
        let last = (1 << EPOCH_BITS) - 1;
        ring.add(last, SECOND, BAD);
        ring.add(last + 1, SECOND, OK);
        assert_eq!(ring.counts(last + 1, SECOND).calls, 1);
        assert_eq!(ring.counts(last + 1, SECOND).failures, 0);
        let ticks = 1 << (64 - TICK_SHIFT);
        let (end, start) = (Key::new(ticks - 1, 0), Key::new(ticks, 0));
        assert_eq!(start.ticks_after(end), 1);
        assert_eq!(end.ticks_after(start), -1);
    }

    #[test]
    fn full_bucket_stops_counting() {
        let ring = ring();
        ring.add(0, 0, OK);
        ring.buckets[0]
            .counts
            .fetch_add(COUNT - 1, Ordering::Relaxed);
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(0, 0).calls, COUNT);
        assert_eq!(ring.counts(0, 0).failures, 0);
    }
}
