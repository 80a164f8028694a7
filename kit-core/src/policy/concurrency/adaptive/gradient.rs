//! A limit from the ratio of long-term to current latency.
//!
//! Netflix's Gradient2. Vegas compares with the shortest time ever measured,
//! which is wrong once the work itself gets slower, and its limit then keeps
//! decreasing. A long average follows such a change. While calls take at most
//! 1.5 times the average, the limit grows by a part of `QUEUE`, so that there
//! is always some queue to measure.
//!
//! Netflix's version ignores lost calls, and so never falls below twice
//! `QUEUE`. Here a lost call halves the target. A limitation of both: under an
//! overload that lasts many times longer than the window of the average, the
//! average adapts to it, and the limit drifts up to its bound.

use super::sample::{Sample, is_utilized};

/// The calls that a limit admits beyond those that would run without a queue.
const QUEUE: f64 = 4.0;

/// The number of calls in the long average.
const WINDOW: u32 = 600;

/// The number of first calls with a plain average.
const WARM_UP: u32 = 10;

/// The allowed ratio of a call's latency to the average.
const TOLERANCE: f64 = 1.5;

/// The smallest gradient, before smoothing.
const LEAST: f64 = 0.5;

/// The share of each step that is applied.
const SMOOTHING: f64 = 0.2;

/// The state of the algorithm.
#[derive(Clone, Debug, Default)]
pub(super) struct Gradient {
    /// The long average, in seconds.
    average: f64,
    measured: u32,
}

impl Gradient {
    pub(super) fn next(&mut self, limit: f64, sample: Sample) -> f64 {
        let now = sample.took.as_secs_f64();
        if sample.dropped {
            return step(limit, limit * LEAST);
        }
        let long = self.measure(now);
        if !is_utilized(limit, sample.in_flight) {
            return limit;
        }
        // A call of zero time counts as within the tolerance.
        let gradient = match now > 0.0 {
            true => (TOLERANCE * long / now).clamp(LEAST, 1.0),
            false => 1.0,
        };
        step(limit, limit * gradient + QUEUE)
    }

    fn measure(&mut self, now: f64) -> f64 {
        if self.measured < WARM_UP {
            self.measured += 1;
            self.average += (now - self.average) / f64::from(self.measured);
        } else {
            self.average += (now - self.average) * 2.0 / f64::from(WINDOW + 1);
        }
        let long = self.average;
        // After an overload the average is far too high. It falls faster then,
        // or the limit would stay high through the next overload.
        if long > 2.0 * now {
            self.average *= 0.95;
        }
        long
    }
}

fn step(limit: f64, target: f64) -> f64 {
    limit * (1.0 - SMOOTHING) + target * SMOOTHING
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::time::Duration;

    use super::*;

    fn sample(milliseconds: u64) -> Sample {
        Sample {
            took: Duration::from_millis(milliseconds),
            in_flight: 100,
            dropped: false,
        }
    }

    #[test]
    fn call_within_the_tolerance_adds_a_fifth_of_the_queue() {
        let mut gradient = Gradient::default();
        let next = gradient.next(20.0, sample(10));
        assert!((next - 20.8).abs() < 1e-9, "{next}");
    }

    #[test]
    fn call_six_times_as_slow_halves_a_fifth_of_the_limit() {
        let mut gradient = Gradient::default();
        for _ in 0..10 {
            gradient.next(100.0, sample(10));
        }
        // The average is slightly above 10 ms: 1.5 × 10 / 60 is below the
        // smallest gradient, a half.
        let next = gradient.next(100.0, sample(60));
        assert!((next - (80.0 + 0.2 * 54.0)).abs() < 1e-9, "{next}");
    }

    #[test]
    fn average_falls_faster_than_it_rises() {
        let mut gradient = Gradient::default();
        for _ in 0..10 {
            gradient.next(100.0, sample(1_000));
        }
        for _ in 0..60 {
            gradient.next(100.0, sample(10));
        }
        assert!(gradient.average < 0.04, "{}", gradient.average);
    }

    #[test]
    fn lost_call_subtracts_a_tenth() {
        let lost = Sample {
            dropped: true,
            ..sample(10)
        };
        let next = Gradient::default().next(20.0, lost);
        assert!((next - 18.0).abs() < 1e-9, "{next}");
    }

    #[test]
    fn call_of_zero_time_is_within_the_tolerance() {
        let next = Gradient::default().next(20.0, sample(0));
        assert!((next - 20.8).abs() < 1e-9, "{next}");
    }
}
