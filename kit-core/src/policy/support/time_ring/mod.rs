//! Counts of the last seconds, in buckets of time.
//!
//! The window is cut into [`BUCKETS`] equal parts, and slides by one of them.
//! A bucket says of itself which part of time, and which *epoch*, it counts:
//! a policy that starts anew takes the next epoch, and finds the ring empty
//! with nothing cleared. A bucket's time and epoch only go on, so a call that
//! comes late never wipes what is newer; it is not counted at all.
//!
//! Counting is one compare-and-swap. The first call in each part of time
//! takes a lock besides, to turn the bucket over: once in a sixteenth of the
//! window, by one caller.
//!
//! ```text
//! stamp   tick 38 | epoch 18 | turns 8
//! counts  turns 8 | failures 28 | calls 28
//! slow    turns 8 | slow 56
//! ```
//! The counts of a bucket whose `turns` is not that of its stamp are those of
//! another time. A bucket that is full (268 million calls) counts no more.

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

/// One call that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
}

impl Sample {
    /// A call with which nothing was wrong.
    pub(crate) const GOOD: Self = Self {
        failed: false,
        slow: false,
    };
}

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
}

/// The counts of the last window.
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

    /// Counts a call that ended at `now` nanoseconds.
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

    /// What the window holds of an epoch at `now` nanoseconds.
    pub(crate) fn counts(&self, epoch: u32, now: u64) -> Counts {
        let key = Key::new(self.width.load().tick(now), epoch);
        let live = self.buckets.iter().filter_map(|bucket| bucket.read(key));
        live.fold(Counts::default(), |sum, counts| Counts {
            calls: sum.calls + counts.calls,
            failures: sum.failures + counts.failures,
            slow: sum.slow + counts.slow,
        })
    }

    /// Starts an empty window of another length.
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
        // Ticks of another width are numbers of another time.
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
        // A full bucket refuses; turned over it can't be otherwise, as
        // nobody else turns it under the lock.
        bucket.add(turns, sample);
    }
}

impl Bucket {
    /// Counts, unless the bucket has been turned over or is full.
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
        // One that was turned over since has no need of this call.
        let _ = self
            .slow
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Empties the bucket for another key; the lock is held.
    fn turn(&self, key: Key) -> u64 {
        let stamp = self.stamp.load(Ordering::Relaxed);
        let turns = (stamp + 1) & TURNS;
        // An addition that comes first is one of the time that ends here; one
        // that comes later finds other turns and gives up. Swaps and no
        // stores, so that it is one or the other in every reader's eyes.
        self.counts.swap(turns << TURNS_SHIFT, Ordering::Relaxed);
        self.slow.swap(turns << TURNS_SHIFT, Ordering::Relaxed);
        // Who sees the stamp sees the counts emptied.
        self.stamp.store(key.0 | turns, Ordering::Release);
        turns
    }

    /// The counts, where they are in the window that ends with `now`.
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

/// A tick and an epoch, where a stamp has them. Both wrap: they are compared
/// by their distance.
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

    /// The turns of a stamp, where it is of this key.
    #[inline]
    fn turns(self, stamp: u64) -> Option<u64> {
        let turns = self.0 ^ stamp;
        (turns <= TURNS).then_some(turns)
    }

    #[inline]
    fn index(self) -> usize {
        (self.0 >> TICK_SHIFT) as usize % BUCKETS
    }

    /// How many ticks this is after another.
    fn ticks_after(self, other: Self) -> i64 {
        // At the top of the word the difference keeps its sign.
        let tick = |key: Self| key.0 >> TICK_SHIFT << TICK_SHIFT;
        (tick(self).wrapping_sub(tick(other)) as i64) >> TICK_SHIFT
    }

    /// Positive where this is after another, by tick, then by epoch.
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

    /// Whether the window that ends with this tick has the other in it. One
    /// that is ahead is: the clock was read before another caller's.
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
    fn another_epoch_starts_empty_and_a_call_of_the_old_one_is_not_counted() {
        let ring = ring();
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(1, 0), Counts::default());
        ring.add(1, 0, OK);
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(1, 0).calls, 1);
        assert_eq!(ring.counts(1, 0).failures, 0);
    }

    #[test]
    fn a_call_as_old_as_a_window_wipes_nothing() {
        let ring = ring();
        ring.add(0, 16 * SECOND, OK);
        ring.add(0, 0, BAD);
        assert_eq!(ring.counts(0, 16 * SECOND).calls, 1);
        assert_eq!(ring.counts(0, 16 * SECOND).failures, 0);
    }

    #[test]
    fn a_shorter_window_starts_empty_and_counts() {
        let ring = ring();
        ring.add(0, 1000 * SECOND, BAD);
        ring.resize(Duration::from_secs(160));
        assert_eq!(ring.counts(0, 1000 * SECOND), Counts::default());
        ring.add(0, 1000 * SECOND, BAD);
        assert_eq!(ring.counts(0, 1000 * SECOND).failures, 1);
    }

    #[test]
    fn the_epoch_and_the_tick_wrap() {
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
    fn a_full_bucket_counts_no_more() {
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
