//! How long after a start something was, in a few instructions.
//!
//! The distance of two [`Instant`]s costs a call of some fifty instructions:
//! more than all the rest of what a breaker does for a call that goes well.
//! There is a cheaper way to read one. An instant can be hashed, which is
//! inlined and hands the hasher the numbers that the instant is made of: its
//! seconds and its nanoseconds, on every system that we know. The hasher here
//! keeps them.
//!
//! Nobody promises that they are seconds and nanoseconds. So each [`TimeBase`]
//! proves it on its own system when it is made, and where the proof fails it
//! subtracts instants as everybody does.

use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

const SECOND: u64 = 1_000_000_000;

/// A time from which others are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeBase {
    at: Instant,
    reading: u64,
    readable: bool,
}

impl TimeBase {
    pub(crate) fn new(at: Instant) -> Self {
        Self {
            at,
            reading: read(at),
            readable: is_readable(at),
        }
    }

    /// The time itself.
    #[cfg(test)]
    pub(crate) const fn at(&self) -> Instant {
        self.at
    }

    /// Nanoseconds from this time to another; none to one before it. Enough
    /// for 292 years.
    #[inline]
    pub(crate) fn nanos_to(&self, now: Instant) -> u64 {
        match self.readable {
            true => distance(self.reading, read(now)),
            false => subtract(self.at, now),
        }
    }

    /// Nanoseconds from one time to another; none to one before it.
    #[inline]
    pub(crate) fn nanos_between(&self, from: Instant, to: Instant) -> u64 {
        match self.readable {
            true => distance(read(from), read(to)),
            false => subtract(from, to),
        }
    }
}

/// The numbers that an instant hands to a hasher.
#[derive(Default)]
struct Parts {
    seconds: u64,
    nanoseconds: u32,
}

impl Hasher for Parts {
    #[inline]
    fn write_i64(&mut self, seconds: i64) {
        self.seconds = seconds as u64;
    }

    #[inline]
    fn write_u64(&mut self, seconds: u64) {
        self.seconds = seconds;
    }

    #[inline]
    fn write_u32(&mut self, nanoseconds: u32) {
        self.nanoseconds = nanoseconds;
    }

    /// Neither of the two: the proof will fail.
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        self.seconds
    }
}

/// An instant as one number, which wraps.
#[inline]
fn read(instant: Instant) -> u64 {
    let mut parts = Parts::default();
    instant.hash(&mut parts);
    let seconds = parts.seconds.wrapping_mul(SECOND);
    seconds.wrapping_add(u64::from(parts.nanoseconds))
}

#[inline]
fn distance(from: u64, to: u64) -> u64 {
    (to.wrapping_sub(from) as i64).max(0) as u64
}

/// Whether reading gives what subtracting gives, with and without a carry
/// from the nanoseconds.
fn is_readable(at: Instant) -> bool {
    [1, SECOND - 1, 3 * SECOND + 7].into_iter().all(|wait| {
        at.checked_add(Duration::from_nanos(wait))
            .is_some_and(|later| distance(read(at), read(later)) == wait)
    })
}

#[cold]
fn subtract(from: Instant, to: Instant) -> u64 {
    let time = to.saturating_duration_since(from).as_nanos();
    u64::try_from(time).unwrap_or(u64::MAX)
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn instants_are_readable_where_this_runs() {
        assert!(TimeBase::new(Instant::now()).readable);
    }

    proptest! {
        #[test]
        fn reading_is_subtracting(from in 0..u64::MAX / 4, to in 0..u64::MAX / 4) {
            let start = Instant::now();
            let after = |nanos| start + Duration::from_nanos(nanos);
            let origin = TimeBase::new(after(from));
            let unread = TimeBase { readable: false, ..origin };
            let expected = to.saturating_sub(from);
            prop_assert_eq!(origin.nanos_to(after(to)), expected);
            prop_assert_eq!(unread.nanos_to(after(to)), expected);
            prop_assert_eq!(origin.nanos_between(after(from), after(to)), expected);
            prop_assert_eq!(unread.nanos_between(after(from), after(to)), expected);
        }
    }
}
