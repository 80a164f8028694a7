//! The budget of a client's retries.
//!
//! A limit for each call is not enough: three attempts a call triple the load
//! on a peer at the moment when it fails from overload. So retries have a
//! cost: each call earns a fraction of a retry, a retry spends a whole one,
//! and what is not spent expires after ten seconds. While a peer is healthy,
//! the budget has no effect; while it is down, its load grows by that fraction
//! and no more. A small reserve lets a client with few calls retry too. The
//! scheme and its values are Finagle's `RetryBudget`, as in tower.
//!
//! Ten slots of a second hold what was earned and spent in them. A slot is one
//! word, `second << 32 | balance`, so that one compare-and-swap reuses a slot
//! of an earlier second, or spends from a balance. A spender reads all slots but
//! changes only the current one: two that spend in the same second contend for
//! the same word, and only one of them can take the last retry. Two threads on
//! different sides of a second may both take it: at most one retry too many
//! for each thread in the race, for which the balance is below zero until later
//! calls have earned it.

use std::fmt;
use std::time::{Duration, Instant};

use crate::policy::support::sync::atomic::{AtomicU64, Ordering};
use crate::policy::support::time_base::TimeBase;

/// The number of slots; loom needs few to reach every race.
#[cfg(not(kit_loom))]
const SLOTS: usize = 10;
#[cfg(kit_loom)]
const SLOTS: usize = 2;

/// A second in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// The cost of one retry, in the unit of the balances.
const RETRY: i64 = 1000;

/// A balance of zero, in the lower half of a slot.
const ZERO: u64 = 1 << 31;

/// The distance of a balance from the ends of its half of the word, so that
/// concurrent additions of a few threads don't overflow it.
const ROOM: u64 = 1 << 24;

/// A budget of retries that calls earn, over a window of ten seconds; see the
/// [module](super). It is shared by all calls to the same peer.
///
/// ```
/// use std::time::Instant;
/// use kit::policy::retry::RetryBudget;
///
/// // Five calls earn one retry; there is no reserve.
/// let budget = RetryBudget::with_reserve(0);
/// let now = Instant::now();
/// for _ in 0..5 {
///     budget.earn(0.2, now);
/// }
/// assert!(budget.spend(now));
/// assert!(!budget.spend(now));
/// ```
pub struct RetryBudget {
    start: TimeBase,
    /// In thousandths of a retry.
    reserve: i64,
    slots: [AtomicU64; SLOTS],
}

impl RetryBudget {
    /// How long the earnings of a call last: ten seconds.
    pub const WINDOW: Duration = Duration::from_secs(SLOTS as u64);

    /// The retries that need not be earned, in each window: ten a second.
    pub const RESERVE: u32 = 10 * SLOTS as u32;

    /// Creates a budget with the default reserve.
    pub fn new() -> Self {
        Self::with_reserve(Self::RESERVE)
    }

    /// Creates a budget with a reserve of that many retries in each window.
    pub fn with_reserve(retries: u32) -> Self {
        Self::starting(Instant::now(), retries)
    }

    pub(crate) fn starting(start: Instant, reserve: u32) -> Self {
        Self {
            start: TimeBase::new(start),
            reserve: i64::from(reserve) * RETRY,
            slots: std::array::from_fn(|_| AtomicU64::new(ZERO)),
        }
    }

    /// Adds the earnings of a call, `ratio` of a retry (to three decimals, at
    /// most 100).
    #[inline]
    pub fn earn(&self, ratio: f64, now: Instant) {
        self.earn_fraction(fraction(ratio), now);
    }

    /// Adds the earnings of a call, converted by [`fraction`].
    #[inline]
    pub(crate) fn earn_fraction(&self, fraction: u32, now: Instant) {
        let second = self.second(now);
        let slot = self.slot(second);
        let word = slot.load(Ordering::Relaxed);
        if word >> 32 == second && balance_bits(word) < u64::from(u32::MAX) - ROOM {
            // The second may end between these two. A slot is reused after ten
            // seconds, so it is still the same one, or the addition is late by
            // ten seconds, which is worth no more than one call.
            slot.fetch_add(u64::from(fraction), Ordering::Relaxed);
            return;
        }
        self.change(slot, second, i64::from(fraction));
    }

    /// Spends one retry. Returns `false`, and spends nothing, if the balance
    /// is too low.
    pub fn spend(&self, now: Instant) -> bool {
        let second = self.second(now);
        let slot = self.slot(second);
        loop {
            let seen = slot.load(Ordering::Acquire);
            if self.balance(second, seen) < RETRY {
                return false;
            }
            let Some(next) = changed(seen, second, -RETRY) else {
                return false;
            };
            let swapped = slot.compare_exchange(seen, next, Ordering::AcqRel, Ordering::Acquire);
            if swapped.is_ok() {
                return true;
            }
        }
    }

    /// Returns what was spent for a retry that did not happen.
    pub fn give_back(&self, now: Instant) {
        let second = self.second(now);
        self.change(self.slot(second), second, RETRY);
    }

    /// Returns the number of retries that could be spent now.
    pub fn left(&self, now: Instant) -> u32 {
        let second = self.second(now);
        let seen = self.slot(second).load(Ordering::Acquire);
        let left = self.balance(second, seen) / RETRY;
        left.clamp(0, i64::from(u32::MAX)) as u32
    }

    /// The sum of the window that ends with `second`, whose own slot has been
    /// read already.
    fn balance(&self, second: u64, own: u64) -> i64 {
        let own_index = index(second);
        let mut sum = self.reserve;
        for (at, slot) in self.slots.iter().enumerate() {
            let word = if at == own_index {
                own
            } else {
                slot.load(Ordering::Acquire)
            };
            // A slot that is ahead is of a thread with a later clock, and
            // counts.
            if (word >> 32) + SLOTS as u64 > second {
                sum += balance_of(word);
            }
        }
        sum
    }

    fn change(&self, slot: &AtomicU64, second: u64, by: i64) {
        let mut seen = slot.load(Ordering::Relaxed);
        // A balance at its bound does not change.
        while let Some(next) = changed(seen, second, by) {
            let swapped =
                slot.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    #[inline]
    fn slot(&self, second: u64) -> &AtomicU64 {
        &self.slots[index(second)]
    }

    /// The number of the second; the range is 136 years.
    #[inline]
    fn second(&self, now: Instant) -> u64 {
        (self.start.nanos_to(now) / SECOND).min(u64::from(u32::MAX))
    }
}

/// Converts a ratio to thousandths of a retry.
pub(crate) fn fraction(ratio: f64) -> u32 {
    // The cast saturates, and converts NaN to zero.
    (ratio.min(100.0) * RETRY as f64).round() as u32
}

#[inline]
fn index(second: u64) -> usize {
    (second % SLOTS as u64) as usize
}

#[inline]
fn balance_bits(word: u64) -> u64 {
    word & u64::from(u32::MAX)
}

fn balance_of(word: u64) -> i64 {
    balance_bits(word) as i64 - ZERO as i64
}

/// A slot's word after a change. One of an earlier second starts over, one that
/// is ahead keeps its second. `None` if the balance has no room.
fn changed(word: u64, second: u64, by: i64) -> Option<u64> {
    let (held, balance) = if word >> 32 < second {
        (second, ZERO as i64)
    } else {
        (word >> 32, balance_bits(word) as i64)
    };
    let next = balance + by;
    // Only a change towards the bound is refused: a full balance can be spent.
    let has_room = if by < 0 {
        next >= ROOM as i64
    } else {
        next < i64::from(u32::MAX) - ROOM as i64
    };
    has_room.then_some(held << 32 | next as u64)
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget")
            .field("reserve", &(self.reserve / RETRY))
            .finish_non_exhaustive()
    }
}
