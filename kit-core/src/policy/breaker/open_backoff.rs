//! What only a change of state touches: it is behind the breaker's one lock,
//! which no call takes that changes nothing.

use std::time::Duration;

use crate::model::policies::breaker::BreakerConfig;

#[derive(Debug)]
pub(super) struct OpenBackoff {
    pub(super) config: BreakerConfig,
    /// How many times it has opened since it was last well.
    openings: u32,
    /// When it last closed by itself.
    closed_at: u64,
    /// How long it was last open.
    open_for: u64,
}

impl OpenBackoff {
    pub(super) fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            openings: 0,
            closed_at: 0,
            open_for: 0,
        }
    }

    /// How long to stay open, in nanoseconds, after calls had been let
    /// through; they count as a recovery where that went well for as long as
    /// the breaker was open before.
    pub(super) fn open_from_closed(&mut self, now: u64) -> u64 {
        if now.saturating_sub(self.closed_at) >= self.open_for {
            self.openings = 0;
        }
        self.open_again()
    }

    /// How long to stay open after a probe failed.
    pub(super) fn open_again(&mut self) -> u64 {
        let (first, longest) = (self.config.open_first, self.config.open_max);
        let wait = backoff(nanos(first), nanos(longest), self.openings);
        self.openings = self.openings.saturating_add(1);
        self.open_for = wait;
        wait
    }

    pub(super) fn close(&mut self, now: u64) {
        self.closed_at = now;
    }

    /// Forgets that it was ever open.
    pub(super) fn forget(&mut self) {
        self.openings = 0;
        self.open_for = 0;
    }
}

/// Doubles for each opening before. Equal jitter keeps half of the time and
/// draws the rest, so that clients which all saw one peer fail do not probe it
/// in step for ever; the first time is exact.
fn backoff(first: u64, longest: u64, openings: u32) -> u64 {
    if openings == 0 || first == longest {
        return first;
    }
    let factor = 1u64.checked_shl(openings).unwrap_or(u64::MAX);
    let whole = first.saturating_mul(factor).min(longest);
    let half = whole / 2;
    (half + fastrand::u64(0..=whole - half)).max(first)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_keeps_half_of_it() {
        for openings in 0..100 {
            let whole = ((5 * SECOND) << openings.min(10)).min(60 * SECOND);
            for _ in 0..20 {
                let wait = backoff(5 * SECOND, 60 * SECOND, openings);
                assert!(wait >= 5 * SECOND, "{openings}: {wait}");
                assert!(wait >= whole / 2 && wait <= whole, "{openings}: {wait}");
            }
        }
        assert_eq!(backoff(5 * SECOND, 60 * SECOND, 0), 5 * SECOND);
    }

    #[test]
    fn the_wait_differs_from_one_client_to_the_next() {
        let first = backoff(5 * SECOND, 60 * SECOND, 3);
        assert!((0..100).any(|_| backoff(5 * SECOND, 60 * SECOND, 3) != first));
    }

    #[test]
    fn one_time_has_no_jitter() {
        assert_eq!(backoff(7, 7, 5), 7);
    }
}
