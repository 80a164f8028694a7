//! A limit from the estimated number of calls that wait at the peer.
//!
//! TCP Vegas: if the fastest call took `best`, and calls take `now`, then
//! `limit × (1 − best / now)` of them are waiting somewhere. The limit grows
//! while those are few and falls while they are many. The shortest time is
//! reset periodically, as it may become outdated.
//!
//! Netflix's version also measures the time of lost calls. But a peer that is
//! down refuses in no time, and compared with that every later call seems to
//! have waited. Here a lost call lowers the limit, and is not measured.

use super::sample::{Sample, is_utilized};

/// The shortest time is reset after at most this many calls per unit of the
/// limit.
const PROBE: f64 = 30.0;

/// The state of the algorithm.
#[derive(Clone, Debug)]
pub(super) struct Vegas {
    /// The shortest time in seconds; zero before the first measurement.
    best: f64,
    since_probe: f64,
    /// Spreads the resets of many servers, from a half to one.
    jitter: f64,
}

impl Default for Vegas {
    fn default() -> Self {
        Self {
            best: 0.0,
            since_probe: 0.0,
            jitter: jitter(),
        }
    }
}

fn jitter() -> f64 {
    0.5 + fastrand::f64() / 2.0
}

impl Vegas {
    pub(super) fn next(&mut self, limit: f64, sample: Sample) -> f64 {
        let step = limit.log10().max(1.0);
        if sample.dropped {
            return limit - step;
        }
        let now = sample.took.as_secs_f64();
        self.since_probe += 1.0;
        if self.since_probe >= PROBE * limit * self.jitter {
            self.since_probe = 0.0;
            self.jitter = jitter();
            self.best = now;
            return limit;
        }
        if self.best == 0.0 || now < self.best {
            self.best = now;
        }
        if !is_utilized(limit, sample.in_flight) {
            return limit;
        }
        let waiting = match now > 0.0 {
            true => (limit * (1.0 - self.best / now)).ceil(),
            false => 0.0,
        };
        if waiting <= step {
            limit + 6.0 * step
        } else if waiting < 3.0 * step {
            limit + step
        } else if waiting > 6.0 * step {
            limit - step
        } else {
            limit
        }
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The limit after a call, with a shortest time of 10 ms and a limit of 10,
    /// so that a step is 1.
    fn next(took: u64, dropped: bool) -> f64 {
        let mut vegas = Vegas::default();
        let sample = |took, dropped| Sample {
            took: Duration::from_millis(took),
            in_flight: 10,
            dropped,
        };
        vegas.next(10.0, sample(10, false));
        vegas.next(10.0, sample(took, dropped))
    }

    #[test]
    fn limit_follows_the_number_of_waiting_calls() {
        assert_eq!(next(10, false), 16.0, "none wait");
        assert_eq!(next(11, false), 16.0, "one waits");
        assert_eq!(next(12, false), 11.0, "two wait");
        assert_eq!(next(16, false), 10.0, "four wait");
        assert_eq!(next(24, false), 10.0, "six wait");
        assert_eq!(next(30, false), 9.0, "seven wait");
        assert_eq!(next(10, true), 9.0, "a loss");
    }

    #[test]
    fn lost_call_is_not_measured() {
        let mut vegas = Vegas::default();
        let sample = |took, dropped| Sample {
            took: Duration::from_micros(took),
            in_flight: 10,
            dropped,
        };
        assert_eq!(vegas.next(10.0, sample(10, true)), 9.0);
        assert_eq!(vegas.next(10.0, sample(10_000, false)), 16.0);
        assert_eq!(vegas.next(10.0, sample(10, true)), 9.0);
        assert_eq!(vegas.next(10.0, sample(10_000, false)), 16.0);
    }

    #[test]
    fn shortest_time_is_reset() {
        let mut vegas = Vegas::default();
        let mut limit = 10.0;
        let sample = |took| Sample {
            took: Duration::from_millis(took),
            in_flight: 10,
            dropped: false,
        };
        vegas.next(limit, sample(10));
        // The work is slower from now on: the limit falls until the reset.
        let calls = (0..400).find(|_| {
            limit = vegas.next(10.0, sample(30));
            limit > 10.0
        });
        assert!(
            calls.is_some_and(|calls| (148..=299).contains(&calls)),
            "{calls:?}"
        );
    }
}
