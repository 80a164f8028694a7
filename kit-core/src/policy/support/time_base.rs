//! A cheap clock reading relative to a fixed start.
//!
//! Subtracting two [`Instant`]s costs a function call of some fifty
//! instructions: more than everything else a breaker does for a successful
//! call. Hashing an instant is cheaper: it is inlined, and passes the hasher
//! the fields of the instant, which are seconds and nanoseconds on every
//! system that we know. The hasher here stores them.
//!
//! The standard library does not guarantee these fields. So each [`TimeBase`]
//! verifies them on its own system when it is created, and falls back to
//! subtraction where the check fails.

use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

const SECOND: u64 = 1_000_000_000;

/// A reference time, from which others are measured.
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

    /// The reference time.
    #[cfg(test)]
    pub(crate) const fn at(&self) -> Instant {
        self.at
    }

    /// Nanoseconds from the reference time to `now`; 0 if `now` is earlier.
    /// The range is 292 years.
    #[inline]
    pub(crate) fn nanos_to(&self, now: Instant) -> u64 {
        match self.readable {
            true => distance(self.reading, read(now)),
            false => subtract(self.at, now),
        }
    }

    /// Nanoseconds from one time to another; 0 if the second is earlier.
    #[inline]
    pub(crate) fn nanos_between(&self, from: Instant, to: Instant) -> u64 {
        match self.readable {
            true => distance(read(from), read(to)),
            false => subtract(from, to),
        }
    }
}

/// A hasher that stores the fields of an instant.
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

    /// Any other field layout; the check in [`is_readable`] then fails.
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        self.seconds
    }
}

/// Converts an instant to a number of nanoseconds, which wraps.
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

/// Whether hashing gives the same distances as subtraction, with and without
/// a carry from the nanoseconds.
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
    fn instants_are_readable_on_this_system() {
        assert!(TimeBase::new(Instant::now()).readable);
    }

    proptest! {
        #[test]
        fn reading_equals_subtraction(from in 0..u64::MAX / 4, to in 0..u64::MAX / 4) {
            let start = Instant::now();
            let after = |nanos| start + Duration::from_nanos(nanos);
            let base = TimeBase::new(after(from));
            let fallback = TimeBase { readable: false, ..base };
            let expected = to.saturating_sub(from);
            prop_assert_eq!(base.nanos_to(after(to)), expected);
            prop_assert_eq!(fallback.nanos_to(after(to)), expected);
            prop_assert_eq!(base.nanos_between(after(from), after(to)), expected);
            prop_assert_eq!(fallback.nanos_between(after(from), after(to)), expected);
        }
    }
}
