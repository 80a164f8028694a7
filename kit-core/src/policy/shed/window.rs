//! How many calls passed, and how long they took, in the last ten seconds.
//!
//! From Kratos' rule, which has it from TCP BBR: what a server can have in
//! flight is its best throughput times its best time, as measured apart. Each
//! is taken over slices of 100 ms, so that one odd call moves neither.

use super::slice::Slice;
use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::Relaxed;

/// How many slices there are; the model checker makes do with fewer.
const SLICES: usize = if cfg!(kit_loom) { 2 } else { 100 };

/// In nanoseconds.
pub(super) const SLICE: u64 = 100_000_000;

#[derive(Debug)]
pub(super) struct Window {
    slices: Box<[Slice]>,
    /// The estimate of a slice, for all calls of that slice: its number times
    /// 2³² and the estimate.
    estimate: AtomicU64,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            slices: (0..SLICES).map(|_| Slice::default()).collect(),
            estimate: AtomicU64::new(0),
        }
    }

    /// A call has ended at `now` that took so long, in nanoseconds.
    #[inline]
    pub(super) fn record(&self, now: u64, took: u64) {
        let number = number(now);
        self.slices[index(number)].record(lap(number), took);
    }

    /// How many calls the server can have in flight, at least 1; `None` until
    /// a whole slice has a call. Where the last ten seconds have none, the
    /// estimate is the one before: a server that gets nothing done any more is
    /// no reason to let all in.
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

    /// Zero where nothing is known.
    fn measure(&self, number: u64) -> u32 {
        let mut most_passed = 0;
        let mut least_time = f64::INFINITY;
        // The slice that goes on has not seen all of its calls.
        for ended in number.saturating_sub(SLICES as u64 - 1)..number {
            if let Some(calls) = self.slices[index(ended)].calls(lap(ended)) {
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

/// Numbers start at 1, so that the estimate of zero is of none.
fn number(now: u64) -> u64 {
    now / SLICE + 1
}

fn index(number: u64) -> usize {
    (number % SLICES as u64) as usize
}

/// How often the slices have come round.
fn lap(number: u64) -> u64 {
    number / SLICES as u64
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;

    /// So many calls in the slice from `start`, each that long.
    fn record(window: &Window, start: u64, calls: u64, took: u64) {
        for _ in 0..calls {
            window.record(start * MILLISECOND, took * MILLISECOND);
        }
    }

    #[test]
    fn the_best_throughput_times_the_best_time() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        record(&window, 100, 80, 40);
        record(&window, 200, 10, 10);
        // 80 in 100 ms, 10 ms each: 8 at once.
        assert_eq!(window.most_in_flight(300 * MILLISECOND), Some(8));
    }

    #[test]
    fn a_slice_that_goes_on_does_not_count() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        assert_eq!(window.most_in_flight(99 * MILLISECOND), None);
        assert_eq!(window.most_in_flight(100 * MILLISECOND), Some(10));
    }

    #[test]
    fn what_is_older_than_the_window_does_not_count() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        record(&window, 9_900, 50, 100);
        assert_eq!(window.most_in_flight(9_999 * MILLISECOND), Some(10));
        assert_eq!(window.most_in_flight(10_000 * MILLISECOND), Some(50));
    }

    #[test]
    fn where_nothing_gets_done_the_last_estimate_stands() {
        let window = Window::new();
        record(&window, 0, 50, 20);
        // Nobody asked in time.
        assert_eq!(window.most_in_flight(60_000 * MILLISECOND), None);
        record(&window, 60_000, 50, 20);
        for time in [60_100, 70_000, 90_000] {
            assert_eq!(window.most_in_flight(time * MILLISECOND), Some(10));
        }
        record(&window, 90_000, 30, 20);
        assert_eq!(window.most_in_flight(90_100 * MILLISECOND), Some(6));
    }

    #[test]
    fn a_slice_is_emptied_when_its_turn_comes_again() {
        let window = Window::new();
        record(&window, 0, 500, 100);
        record(&window, 10_000, 10, 100);
        assert_eq!(window.most_in_flight(10_100 * MILLISECOND), Some(10));
        // Told a whole window late.
        record(&window, 0, 500, 100);
        assert_eq!(window.most_in_flight(10_200 * MILLISECOND), Some(10));
    }

    #[test]
    fn at_least_one_may_be_in_flight() {
        let window = Window::new();
        record(&window, 0, 1, 1);
        assert_eq!(window.most_in_flight(100 * MILLISECOND), Some(1));
    }
}
