//! How long a bucket is.

use std::time::Duration;

use crate::policy::support::sync::atomic::{AtomicU64, Ordering};

/// How many parts a window has; the model checker makes do with fewer.
pub(crate) const BUCKETS: usize = if cfg!(kit_loom) { 2 } else { 16 };

/// The length of a bucket, and what to multiply by in place of dividing by it.
#[derive(Debug)]
pub(crate) struct Width {
    nanoseconds: AtomicU64,
    inverse: AtomicU64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct WidthNow {
    nanoseconds: u64,
    inverse: u64,
}

impl Width {
    pub(crate) fn new(window: Duration) -> Self {
        let now = WidthNow::new(window);
        Self {
            nanoseconds: AtomicU64::new(now.nanoseconds),
            inverse: AtomicU64::new(now.inverse),
        }
    }

    #[inline]
    pub(crate) fn load(&self) -> WidthNow {
        WidthNow {
            nanoseconds: self.nanoseconds.load(Ordering::Relaxed),
            inverse: self.inverse.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn set(&self, window: Duration) {
        let now = WidthNow::new(window);
        self.nanoseconds.store(now.nanoseconds, Ordering::Relaxed);
        self.inverse.store(now.inverse, Ordering::Relaxed);
    }
}

impl WidthNow {
    fn new(window: Duration) -> Self {
        let window = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX);
        // Two is the least that has an inverse of 64 bits.
        let nanoseconds = window.div_ceil(BUCKETS as u64).max(2);
        Self {
            nanoseconds,
            inverse: u64::MAX / nanoseconds + 1,
        }
    }

    /// `now / width`: a division costs more than all the rest of a call.
    #[inline]
    pub(crate) fn tick(self, now: u64) -> u64 {
        // The inverse is rounded up, so this is right or one too many.
        let tick = ((u128::from(now) * u128::from(self.inverse)) >> 64) as u64;
        match tick.wrapping_mul(self.nanoseconds) > now {
            true => tick - 1,
            false => tick,
        }
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn multiplying_by_the_inverse_divides(now: u64, window in 32u64..=u64::MAX) {
            let width = WidthNow::new(Duration::from_nanos(window));
            prop_assert_eq!(width.tick(now), now / width.nanoseconds);
        }
    }
}
