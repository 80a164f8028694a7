//! The backoff of the open time. Only changes of state use it, under the
//! breaker's one lock, which no other call takes.

use std::time::Duration;

use crate::model::policies::breaker::BreakerConfig;

/// The configuration, and the state from which the open time follows.
#[derive(Debug)]
pub(super) struct OpenBackoff {
    pub(super) config: BreakerConfig,
    /// How often it has opened since the last recovery.
    openings: u32,
    /// The time when it last closed by itself, in nanoseconds since it was
    /// created.
    closed_at: u64,
    /// The last open time, in nanoseconds.
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

    /// Returns the open time, in nanoseconds, after a period that admitted
    /// calls. The period was a recovery if it lasted at least as long as the
    /// open time before it.
    pub(super) fn open_from_closed(&mut self, now: u64) -> u64 {
        if now.saturating_sub(self.closed_at) >= self.open_for {
            self.openings = 0;
        }
        self.open_again()
    }

    /// Returns the open time, in nanoseconds, after a failed probe.
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

    /// Clears the history of openings.
    pub(super) fn forget(&mut self) {
        self.openings = 0;
        self.open_for = 0;
    }
}

/// The open time, doubled for each earlier opening. Equal jitter keeps half of
/// the time and draws the rest, so that clients that observed the same failure
/// do not probe in step. The first time is exact.
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
    fn backoff_doubles_up_to_the_longest_and_keeps_half() {
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
    fn backoff_differs_between_clients() {
        let first = backoff(5 * SECOND, 60 * SECOND, 3);
        assert!((0..100).any(|_| backoff(5 * SECOND, 60 * SECOND, 3) != first));
    }

    #[test]
    fn constant_open_time_has_no_jitter() {
        assert_eq!(backoff(7, 7, 5), 7);
    }
}
