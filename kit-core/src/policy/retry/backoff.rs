//! The wait before the next attempt.
//!
//! *Full jitter*: a random wait between zero and a ceiling that doubles with
//! each attempt. Callers that failed together must not return together, and of
//! the usual ways to spread them this one needs the fewest calls in total until
//! all succeed (Brooker, "Exponential Backoff And Jitter", AWS 2015).

use std::time::Duration;

/// Draws the wait of the retry after `failed` attempts (from 1).
pub(super) fn draw(base: Duration, cap: Duration, failed: u32) -> Duration {
    Duration::from_nanos(fastrand::u64(0..=ceiling(base, cap, failed)))
}

/// The longest wait, in nanoseconds.
fn ceiling(base: Duration, cap: Duration, failed: u32) -> u64 {
    let base = nanoseconds(base);
    let doublings = failed.saturating_sub(1);
    let grown = match 1_u64.checked_shl(doublings) {
        Some(factor) => base.saturating_mul(factor),
        None if base == 0 => 0,
        None => u64::MAX,
    };
    grown.min(nanoseconds(cap))
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    const BASE: Duration = Duration::from_millis(20);
    const CAP: Duration = Duration::from_secs(1);

    #[test]
    fn ceiling_doubles_up_to_the_cap() {
        let check = |failed, expected| {
            let ceiling = Duration::from_nanos(ceiling(BASE, CAP, failed));
            assert_eq!(ceiling, Duration::from_millis(expected), "after {failed}");
        };
        check(1, 20);
        check(2, 40);
        check(6, 640);
        check(7, 1000);
        check(64, 1000);
        check(u32::MAX, 1000);
    }

    #[test]
    fn doubling_saturates() {
        assert_eq!(ceiling(Duration::from_nanos(1), Duration::MAX, 64), 1 << 63);
        assert_eq!(
            ceiling(Duration::from_nanos(1), Duration::MAX, 65),
            u64::MAX
        );
        assert_eq!(
            ceiling(Duration::from_nanos(3), Duration::MAX, 64),
            u64::MAX
        );
        assert_eq!(ceiling(Duration::MAX, Duration::MAX, 1), u64::MAX);
    }

    #[test]
    fn zero_base_is_no_wait() {
        for failed in [1, 2, 64, 65, 66, u32::MAX] {
            assert_eq!(ceiling(Duration::ZERO, CAP, failed), 0);
        }
    }

    #[test]
    fn waits_are_uniform_over_the_range() {
        fastrand::seed(7);
        let mut quarters = [0; 4];
        for _ in 0..4000 {
            let wait = draw(BASE, CAP, 1);
            assert!(wait <= BASE);
            quarters[(wait.as_nanos() * 4 / (BASE.as_nanos() + 1)) as usize] += 1;
        }
        assert!(
            quarters.iter().all(|n| (900..1100).contains(n)),
            "{quarters:?}"
        );
    }
}
