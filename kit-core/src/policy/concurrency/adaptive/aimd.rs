//! Additive increase, multiplicative decrease: by what was lost.
//!
//! Chiu and Jain's rule, on which TCP Reno stands. It needs no measure of time
//! but for calls that hang: those count as lost.

use std::time::Duration;

use super::sample::{Sample, is_tried};

/// What is left of a limit after a loss.
const BACKOFF: f64 = 0.9;

/// A call that took longer counts as lost.
const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
pub(super) struct Aimd;

impl Aimd {
    pub(super) fn next(&mut self, limit: f64, sample: Sample) -> f64 {
        if sample.dropped || sample.took > TIMEOUT {
            return (limit * BACKOFF).floor();
        }
        if is_tried(limit, sample.inside) {
            return limit + 1.0;
        }
        limit
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;

    fn next(limit: f64, took: u64, inside: u32, dropped: bool) -> f64 {
        let took = Duration::from_millis(took);
        Aimd.next(
            limit,
            Sample {
                took,
                inside,
                dropped,
            },
        )
    }

    #[test]
    fn one_more_for_a_success_and_a_tenth_less_for_a_loss() {
        assert_eq!(next(20.0, 10, 20, false), 21.0);
        assert_eq!(next(20.0, 10, 10, false), 21.0);
        assert_eq!(next(20.0, 10, 9, false), 20.0);
        assert_eq!(next(20.0, 10, 20, true), 18.0);
        assert_eq!(next(19.0, 10, 1, true), 17.0);
    }

    #[test]
    fn a_call_that_hung_is_a_loss() {
        assert_eq!(next(20.0, 5_000, 20, false), 21.0);
        assert_eq!(next(20.0, 5_001, 20, false), 18.0);
    }
}
