//! How many retries a client may make.
//!
//! A limit per call is not enough: three attempts a call treble the load on a
//! peer at the moment when it fails for lack of room. So retries are paid
//! for: each call earns a fraction of one, a retry spends a whole, and what is
//! not spent is lost after ten seconds. While a peer is well, nothing changes;
//! while it is down, load grows by that fraction and no more. A small reserve
//! lets a quiet client retry too. The scheme and its values are Finagle's
//! `RetryBudget`, as tower has it.
//!
//! Ten slots of a second hold what was earned and spent in them. A slot is one
//! word, `second << 32 | balance`, so that a slot from the last lap is
//! replaced, and a balance is spent, by one compare-and-swap. Who spends looks
//! at all slots but changes the current one alone: two that spend in the same
//! second contend for the same word, and only one of them can take the last.
//! Where they straddle the turn of a second each may take it: at most one
//! retry too many for each thread in the race, paid back by the slot's balance
//! being less.

use std::fmt;
use std::time::{Duration, Instant};

use crate::policy::support::sync::atomic::{AtomicU64, Ordering};
use crate::policy::support::time_base::TimeBase;

/// How many slots: loom needs few, and as many show every race there is.
#[cfg(not(kit_loom))]
const SLOTS: usize = 10;
#[cfg(kit_loom)]
const SLOTS: usize = 2;

/// In nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// What one retry costs; what calls earn is counted in its fractions.
const RETRY: i64 = 1000;

/// A balance of zero, in the lower half of a slot.
const ZERO: u64 = 1 << 31;

/// A balance stays this far inside its half of the word, so that a few
/// threads that add at once don't overflow it.
const ROOM: u64 = 1 << 24;

/// Retries that calls pay for, over a window of ten seconds; see the
/// [module](super). Shared by all that call the same peer.
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
    /// In fractions of a retry.
    reserve: i64,
    slots: [AtomicU64; SLOTS],
}

impl RetryBudget {
    /// How long a call pays for retries.
    pub const WINDOW: Duration = Duration::from_secs(SLOTS as u64);

    /// The retries that nobody need pay for, in each window: ten a second.
    pub const RESERVE: u32 = 10 * SLOTS as u32;

    /// A budget with the usual reserve.
    pub fn new() -> Self {
        Self::with_reserve(Self::RESERVE)
    }

    /// A budget with a reserve of so many retries in each window.
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

    /// A call was made, which pays for `ratio` of a retry (to three digits,
    /// at most 100).
    #[inline]
    pub fn earn(&self, ratio: f64, now: Instant) {
        self.earn_fraction(fraction(ratio), now);
    }

    /// See [`RetryBudget::earn`]; takes what [`fraction`] made of a ratio.
    #[inline]
    pub(crate) fn earn_fraction(&self, fraction: u32, now: Instant) {
        let second = self.second(now);
        let slot = self.slot(second);
        let word = slot.load(Ordering::Relaxed);
        if word >> 32 == second && balance_bits(word) < u64::from(u32::MAX) - ROOM {
            // The second may end between these two. A slot comes round after
            // a whole lap, so that it is still ours, or what we add is late
            // by a lap, which is worth no more than one call.
            slot.fetch_add(u64::from(fraction), Ordering::Relaxed);
            return;
        }
        self.change(slot, second, i64::from(fraction));
    }

    /// Pays for one retry; `false` where there is not enough, and nothing is
    /// spent.
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

    /// Gives back what was spent for a retry that was not made.
    pub fn give_back(&self, now: Instant) {
        let second = self.second(now);
        self.change(self.slot(second), second, RETRY);
    }

    /// How many retries could be paid for now.
    pub fn left(&self, now: Instant) -> u32 {
        let second = self.second(now);
        let seen = self.slot(second).load(Ordering::Acquire);
        let left = self.balance(second, seen) / RETRY;
        left.clamp(0, i64::from(u32::MAX)) as u32
    }

    /// The sum of the window that ends with `second`, whose own slot is read
    /// already.
    fn balance(&self, second: u64, own: u64) -> i64 {
        let own_index = index(second);
        let mut sum = self.reserve;
        for (at, slot) in self.slots.iter().enumerate() {
            let word = if at == own_index {
                own
            } else {
                slot.load(Ordering::Acquire)
            };
            // A slot that is ahead belongs to a thread with a later clock,
            // and counts.
            if (word >> 32) + SLOTS as u64 > second {
                sum += balance_of(word);
            }
        }
        sum
    }

    fn change(&self, slot: &AtomicU64, second: u64, by: i64) {
        let mut seen = slot.load(Ordering::Relaxed);
        // A balance at its bound stays there.
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

    /// The second that it is: 136 years have numbers.
    #[inline]
    fn second(&self, now: Instant) -> u64 {
        (self.start.nanos_to(now) / SECOND).min(u64::from(u32::MAX))
    }
}

/// A ratio in fractions of a retry.
pub(crate) fn fraction(ratio: f64) -> u32 {
    // The cast saturates, and makes zero of what is no number.
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

/// A slot's word after a change: one of an earlier lap starts anew, one that
/// is ahead stays in its second. `None` where the balance has no room.
fn changed(word: u64, second: u64, by: i64) -> Option<u64> {
    let (held, balance) = if word >> 32 < second {
        (second, ZERO as i64)
    } else {
        (word >> 32, balance_bits(word) as i64)
    };
    let next = balance + by;
    // Only what leads further out is refused: a full balance can be spent.
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
