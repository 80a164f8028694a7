//! The estimate of how many calls a server can sustain, over ten seconds.
//!
//! Kratos' rule, which comes from TCP BBR: the calls that a server can have in
//! flight are its best throughput times its best latency, measured separately.
//! Each is taken over slices of 100 ms, so that one outlier affects neither.

use super::slice::Slice;
use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::Relaxed;

/// The number of slices; fewer for the model checker.
const SLICES: usize = if cfg!(kit_loom) { 2 } else { 100 };

/// The length of a slice, in nanoseconds.
pub(super) const SLICE: u64 = 100_000_000;

/// The slices of the last ten seconds.
#[derive(Debug)]
pub(super) struct Window {
    slices: Box<[Slice]>,
    /// The estimate, cached for all calls of one slice: the slice number times
    /// 2³² plus the estimate.
    estimate: AtomicU64,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            slices: (0..SLICES).map(|_| Slice::default()).collect(),
            estimate: AtomicU64::new(0),
        }
    }

    /// Records a call that ended at `now`, with its duration, both in
    /// nanoseconds.
    #[inline]
    pub(super) fn record(&self, now: u64, took: u64) {
        let number = number(now);
        self.slices[index(number)].record(lap(number), took);
    }

    /// Returns the number of calls that the server can have in flight, at
    /// least 1; `None` until a complete slice has a call. If the last ten
    /// seconds have none, the previous estimate remains: a server that no
    /// longer completes calls must not admit all of them.
    pub(super) fn most_in_flight(&self, now: u64) -> Option<u32> {
        let number = number(now);
        let cached = self.estimate.load(Relaxed);
        let estimate = if cached >> 32 == number & 0xffff_ffff {
            cached as u32
        } else {
            let estimate = match self.measure(number) {
                0 => cached as u32,
                measured => measured,
            };
            self.estimate
                .store(number << 32 | u64::from(estimate), Relaxed);
            estimate
        };
        (estimate > 0).then_some(estimate)
    }

    /// Computes the estimate; zero without data.
    fn measure(&self, number: u64) -> u32 {
        let mut most_passed = 0;
        let mut least_time = f64::INFINITY;
        // The current slice has not seen all of its calls.
        for completed in number.saturating_sub(SLICES as u64 - 1)..number {
            if let Some(calls) = self.slices[index(completed)].calls(lap(completed)) {
                most_passed = calls.passed.max(most_passed);
                least_time = calls.mean.min(least_time);
            }
        }
        if most_passed == 0 {
            return 0;
        }
        let in_flight = most_passed as f64 * least_time / SLICE as f64;
        in_flight.round().max(1.0) as u32
    }
}

/// The number of a slice. It starts at 1, so that 0 marks an empty cache.
fn number(now: u64) -> u64 {
    now / SLICE + 1
}

fn index(number: u64) -> usize {
    (number % SLICES as u64) as usize
}

/// How often the slices have been reused.
fn lap(number: u64) -> u64 {
    number / SLICES as u64
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;

    /// Records `calls` calls in the slice from `start`, each `took` long.
    fn record(window: &Window, start: u64, calls: u64, took: u64) {
        for _ in 0..calls {
            window.record(start * MILLISECOND, took * MILLISECOND);
        }
    }

    #[test]
    fn estimate_is_the_best_throughput_times_the_best_latency() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        record(&window, 100, 80, 40);
        record(&window, 200, 10, 10);
        // 80 in 100 ms, 10 ms each: 8 at once.
        assert_eq!(window.most_in_flight(300 * MILLISECOND), Some(8));
    }

    #[test]
    fn current_slice_is_not_counted() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        assert_eq!(window.most_in_flight(99 * MILLISECOND), None);
        assert_eq!(window.most_in_flight(100 * MILLISECOND), Some(10));
    }

    #[test]
    fn calls_older_than_the_window_are_not_counted() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        record(&window, 9_900, 50, 100);
        assert_eq!(window.most_in_flight(9_999 * MILLISECOND), Some(10));
        assert_eq!(window.most_in_flight(10_000 * MILLISECOND), Some(50));
    }

    #[test]
    fn estimate_remains_when_no_call_succeeds() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        // No call computed an estimate in time.
        assert_eq!(window.most_in_flight(60_000 * MILLISECOND), None);
        record(&window, 60_000, 50, 20);
        for time in [60_100, 70_000, 90_000] {
            assert_eq!(window.most_in_flight(time * MILLISECOND), Some(10));
        }
        record(&window, 90_000, 30, 20);
        assert_eq!(window.most_in_flight(90_100 * MILLISECOND), Some(6));
    }

    #[test]
    fn reused_slice_starts_empty() {
        let window = Window::new();
        record(&window, 0, 500, 100);
        record(&window, 10_000, 10, 100);
        assert_eq!(window.most_in_flight(10_100 * MILLISECOND), Some(10));
        // Recorded a whole window late.
        record(&window, 0, 500, 100);
        assert_eq!(window.most_in_flight(10_200 * MILLISECOND), Some(10));
    }

    #[test]
    fn estimate_is_at_least_one() {
        let window = Window::new();
        record(&window, 0, 1, 1);
        assert_eq!(window.most_in_flight(100 * MILLISECOND), Some(1));
    }
}
