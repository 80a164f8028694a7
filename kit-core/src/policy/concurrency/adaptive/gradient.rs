//! By the ratio of how long calls took for long to how long they take now.
//!
//! Netflix's Gradient2. The quickest time ever measured, which Vegas compares
//! with, is wrong once the work itself gets slower, and the limit sinks for
//! ever. A long average follows; while calls take at most half as long again
//! as that, the limit grows by a few places, so that some queue is always
//! there to be measured.
//!
//! Theirs takes no notice of lost calls, and so never sinks below twice those
//! places. Here a lost call halves the aim. What it shares with theirs: under
//! an overload that lasts for many times what the average looks back on, the
//! average gives in, and the limit drifts up to its bound.

use super::sample::{Sample, is_tried};

/// Places that a limit may have above what calls of no delay need.
const QUEUE: f64 = 4.0;

/// How many calls the long average looks back on.
const WINDOW: u32 = 600;

/// The first so many calls are averaged plainly.
const WARM_UP: u32 = 10;

/// How much slower a call may be than the average.
const TOLERANCE: f64 = 1.5;

/// What one call leaves of the limit at least, before smoothing.
const LEAST: f64 = 0.5;

/// How much of a step is taken.
const SMOOTHING: f64 = 0.2;

#[derive(Clone, Debug, Default)]
pub(super) struct Gradient {
    /// In seconds.
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
        if !is_tried(limit, sample.inside) {
            return limit;
        }
        // A call of no time at all is as good as one within the tolerance.
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
        // After an overload the average is far too slow: come down faster, or
        // the limit would stay up through the next one.
        if long > 2.0 * now {
            self.average *= 0.95;
        }
        long
    }
}

fn step(limit: f64, aim: f64) -> f64 {
    limit * (1.0 - SMOOTHING) + aim * SMOOTHING
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::time::Duration;

    use super::*;

    fn sample(milliseconds: u64) -> Sample {
        Sample {
            took: Duration::from_millis(milliseconds),
            inside: 100,
            dropped: false,
        }
    }

    #[test]
    fn within_the_tolerance_a_limit_grows_by_a_fifth_of_the_queue() {
        let mut gradient = Gradient::default();
        let next = gradient.next(20.0, sample(10));
        assert!((next - 20.8).abs() < 1e-9, "{next}");
    }

    #[test]
    fn a_call_thrice_as_slow_halves_a_fifth() {
        let mut gradient = Gradient::default();
        for _ in 0..10 {
            gradient.next(100.0, sample(10));
        }
        // The average is 10 ms and a bit: 1.5 × 10 / 60 is below the least
        // gradient, a half.
        let next = gradient.next(100.0, sample(60));
        assert!((next - (80.0 + 0.2 * 54.0)).abs() < 1e-9, "{next}");
    }

    #[test]
    fn a_drop_in_time_is_followed_faster_than_a_rise() {
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
    fn a_lost_call_takes_a_tenth() {
        let lost = Sample {
            dropped: true,
            ..sample(10)
        };
        let next = Gradient::default().next(20.0, lost);
        assert!((next - 18.0).abs() < 1e-9, "{next}");
    }

    #[test]
    fn a_call_of_no_time_is_no_fault() {
        let next = Gradient::default().next(20.0, sample(0));
        assert!((next - 20.8).abs() < 1e-9, "{next}");
    }
}
