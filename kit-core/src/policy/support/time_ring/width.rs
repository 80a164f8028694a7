//! The length of a bucket.

use std::time::Duration;

use crate::policy::support::sync::atomic::{AtomicU64, Ordering};

/// The number of buckets in a window; fewer for the model checker.
pub(crate) const BUCKETS: usize = if cfg!(kit_loom) { 2 } else { 16 };

/// The length of a bucket and its inverse, which replaces a division by a
/// multiplication.
#[derive(Debug)]
pub(crate) struct Width {
    nanoseconds: AtomicU64,
    inverse: AtomicU64,
}
/// One reading of a [`Width`].
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
        // 2 is the smallest width with an inverse of 64 bits.
        let nanoseconds = window.div_ceil(BUCKETS as u64).max(2);
        Self {
            nanoseconds,
            inverse: u64::MAX / nanoseconds + 1,
        }
    }

    /// Computes `now / width`; a division would cost more than the rest of a
    /// call.
    #[inline]
    pub(crate) fn tick(self, now: u64) -> u64 {
        // The inverse is rounded up, so the product is right or one too high.
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
        fn multiplication_by_the_inverse_equals_division(now: u64, window in 32u64..=u64::MAX) {
            let width = WidthNow::new(Duration::from_nanos(window));
            prop_assert_eq!(width.tick(now), now / width.nanoseconds);
        }
    }
}
