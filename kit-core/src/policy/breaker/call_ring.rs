//! A window over the last calls, independent of time.
//!
//! A slot holds the outcome of one call; the next call that uses the slot
//! replaces it, and the totals change by the difference. So the window slides
//! with every call and is never summed up. As in the time ring nothing is
//! cleared: a slot, the head and the totals each store their epoch, and those
//! of an older epoch count as empty.
//!
//! The layout of each word, with the widths in bits (`next` is below twice the
//! size of the window, and the ring is full once `next` has reached the size):
//!
//! ```text
//! head    epoch 32 | next 32
//! totals  epoch 32 | failures 16 | slow 16
//! slot    epoch 32 | slow 1 | failed 1
//! ```
//!
//! A call is added to the totals *before* its slot, and subtracted *after* its
//! slot is replaced, so the totals are never below the sum of the slots.

use std::sync::OnceLock;

use crate::policy::support::sync::atomic::{AtomicU64, Ordering};
use crate::policy::support::time_ring::{Counts, Sample};

const EPOCH_SHIFT: u32 = 32;
const LOW: u64 = u32::MAX as u64;
const FAILED: u64 = 1;
const SLOW: u64 = 2;
const FAILURES_SHIFT: u32 = 16;

/// The number of size classes, one for each power of two up to 16,384. Each
/// is allocated on first use and kept: changing sizes takes at most twice the
/// memory of the largest.
const CLASSES: usize = 15;

/// The ring of the last calls.
#[derive(Debug)]
pub(super) struct CallRing {
    head: AtomicU64,
    totals: AtomicU64,
    slots: [OnceLock<Box<[AtomicU64]>>; CLASSES],
}

impl CallRing {
    pub(super) fn new() -> Self {
        Self {
            head: AtomicU64::new(0),
            totals: AtomicU64::new(0),
            slots: [const { OnceLock::new() }; CLASSES],
        }
    }

    /// Allocates the slots for windows of `size` calls, before the first call.
    pub(super) fn make_room(&self, size: u32) {
        let class = class(size);
        self.slots[class].get_or_init(|| (0..1 << class).map(|_| AtomicU64::new(0)).collect());
    }

    /// Counts a completed call, in a window of `size` calls.
    pub(super) fn add(&self, epoch: u32, size: u32, sample: Sample) {
        let Some(slots) = self.slots[class(size)].get() else {
            return;
        };
        let Some(index) = self.claim(epoch, size) else {
            return;
        };
        let outcome = (u64::from(sample.failed) * FAILED) | (u64::from(sample.slow) * SLOW);
        self.add_to_totals(epoch, share(outcome));
        let Some(before) = replace(&slots[index], epoch, outcome) else {
            return;
        };
        self.subtract_from_totals(epoch, share(before));
    }

    /// Returns the totals of an epoch in a window of `size` calls.
    pub(super) fn counts(&self, epoch: u32, size: u32) -> Counts {
        let head = self.head.load(Ordering::Acquire);
        let totals = self.totals.load(Ordering::Acquire);
        let of_epoch = |word: u64| match epoch_of(word) == epoch {
            true => word & LOW,
            false => 0,
        };
        Counts {
            calls: of_epoch(head).min(u64::from(size)),
            failures: of_epoch(totals) >> FAILURES_SHIFT,
            slow: of_epoch(totals) & ((1 << FAILURES_SHIFT) - 1),
        }
    }

    /// Claims the slot for the next call; `None` if the epoch has ended.
    fn claim(&self, epoch: u32, size: u32) -> Option<usize> {
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let next = match after(epoch, epoch_of(head)) {
                0 => (head & LOW) as u32,
                1.. => 0,
                _ => return None,
            };
            let following = match next + 1 >= 2 * size {
                true => size,
                false => next + 1,
            };
            match self.head.compare_exchange_weak(
                head,
                join(epoch, u64::from(following)),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                // Below twice the size, so this is the remainder.
                Ok(_) => return Some(next.checked_sub(size).unwrap_or(next) as usize),
                Err(now) => head = now,
            }
        }
    }

    fn add_to_totals(&self, epoch: u32, share: u64) {
        if share == 0 {
            return;
        }
        self.change_totals(epoch, |totals| totals + share);
    }

    fn subtract_from_totals(&self, epoch: u32, share: u64) {
        if share == 0 {
            return;
        }
        self.change_totals(epoch, |totals| totals - share);
    }

    fn change_totals(&self, epoch: u32, change: impl Fn(u64) -> u64) {
        let change = |totals| match after(epoch, epoch_of(totals)) {
            0 => Some(join(epoch, change(totals & LOW))),
            1.. => Some(join(epoch, change(0))),
            _ => None,
        };
        // If the epoch has ended there is nothing to change.
        let _ = self
            .totals
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, change);
    }
}

/// Stores a call in a slot. Returns the call of the same epoch that it
/// replaced (zero if there was none), or `None` if a newer epoch uses the slot.
#[inline]
fn replace(slot: &AtomicU64, epoch: u32, outcome: u64) -> Option<u64> {
    // If no call fails, a slot often holds the outcome already. A call
    // that replaces it meanwhile counts as later than this one.
    if slot.load(Ordering::Acquire) == join(epoch, outcome) {
        return Some(outcome);
    }
    let put = |now: u64| (after(epoch, epoch_of(now)) >= 0).then(|| join(epoch, outcome));
    let before = slot
        .fetch_update(Ordering::AcqRel, Ordering::Acquire, put)
        .ok()?;
    Some(match epoch_of(before) == epoch {
        true => before & LOW,
        false => 0,
    })
}

/// The share of a call in the totals.
fn share(outcome: u64) -> u64 {
    (outcome & FAILED) << FAILURES_SHIFT | (outcome & SLOW) >> 1
}

fn class(size: u32) -> usize {
    size.next_power_of_two().trailing_zeros() as usize
}

fn epoch_of(word: u64) -> u32 {
    (word >> EPOCH_SHIFT) as u32
}

fn join(epoch: u32, low: u64) -> u64 {
    u64::from(epoch) << EPOCH_SHIFT | low
}

/// Positive if `epoch` is later than `other`; epochs wrap.
fn after(epoch: u32, other: u32) -> i32 {
    epoch.wrapping_sub(other) as i32
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    fn sample(failed: bool, slow: bool) -> Sample {
        Sample { failed, slow }
    }

    #[test]
    fn oldest_call_of_the_window_is_replaced() {
        let ring = CallRing::new();
        ring.make_room(3);
        for failed in [true, false, false, false] {
            ring.add(0, 3, sample(failed, false));
        }
        let counts = ring.counts(0, 3);
        assert_eq!((counts.calls, counts.failures), (3, 0));
    }

    #[test]
    fn ended_epoch_is_not_counted() {
        let ring = CallRing::new();
        ring.make_room(4);
        ring.add(0, 4, sample(true, true));
        assert_eq!(ring.counts(1, 4), Counts::default());
        ring.add(1, 4, sample(false, false));
        ring.add(0, 4, sample(true, true));
        let counts = ring.counts(1, 4);
        assert_eq!((counts.calls, counts.failures, counts.slow), (1, 0, 0));
    }

    proptest! {
        #[test]
        fn ring_holds_exactly_the_last_calls(
            size in 1u32..40,
            calls in prop::collection::vec((any::<bool>(), any::<bool>(), prop::bool::weighted(0.02)), 0..300),
        ) {
            let ring = CallRing::new();
            ring.make_room(size);
            let (mut epoch, mut model) = (0, VecDeque::new());
            for (failed, slow, next) in calls {
                if next {
                    epoch += 1;
                    model.clear();
                }
                ring.add(epoch, size, sample(failed, slow));
                model.push_back((failed, slow));
                if model.len() > size as usize {
                    model.pop_front();
                }
                let counts = ring.counts(epoch, size);
                prop_assert_eq!(counts.calls, model.len() as u64);
                prop_assert_eq!(counts.failures, model.iter().filter(|call| call.0).count() as u64);
                prop_assert_eq!(counts.slow, model.iter().filter(|call| call.1).count() as u64);
            }
        }
    }
}
