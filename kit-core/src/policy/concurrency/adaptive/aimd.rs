//! Additive increase, multiplicative decrease (AIMD), by lost calls.
//!
//! Chiu and Jain's rule, which TCP Reno uses. It does not measure time except
//! for calls that hang: those count as lost.

use std::time::Duration;

use super::sample::{Sample, is_utilized};

/// The factor of the limit after a loss.
const BACKOFF: f64 = 0.9;

/// The time after which a call counts as lost.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The algorithm, which has no state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aimd;

impl Aimd {
    pub(super) fn next(&mut self, limit: f64, sample: Sample) -> f64 {
        if sample.dropped || sample.took > TIMEOUT {
            return (limit * BACKOFF).floor();
        }
        if is_utilized(limit, sample.in_flight) {
            return limit + 1.0;
        }
        limit
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    fn next(limit: f64, took: u64, in_flight: u32, dropped: bool) -> f64 {
        let took = Duration::from_millis(took);
        Aimd.next(
            limit,
            Sample {
                took,
                in_flight,
                dropped,
            },
        )
    }

    #[test]
    fn success_adds_one_and_a_loss_subtracts_a_tenth() {
        assert_eq!(next(20.0, 10, 20, false), 21.0);
        assert_eq!(next(20.0, 10, 10, false), 21.0);
        assert_eq!(next(20.0, 10, 9, false), 20.0);
        assert_eq!(next(20.0, 10, 20, true), 18.0);
        assert_eq!(next(19.0, 10, 1, true), 17.0);
    }

    #[test]
    fn hanging_call_is_a_loss() {
        assert_eq!(next(20.0, 5_000, 20, false), 21.0);
        assert_eq!(next(20.0, 5_001, 20, false), 18.0);
    }
}
