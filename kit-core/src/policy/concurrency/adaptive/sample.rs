//! The input of an adaptive limit.

use std::time::Duration;

/// One completed call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Its latency, without the time in our queue.
    pub(crate) took: Duration,
    /// The number of calls in flight when it completed, itself included.
    pub(crate) in_flight: u32,
    /// Whether it was lost: timed out, or refused by the peer.
    pub(crate) dropped: bool,
}

/// Whether enough of the limit is in use for it to grow.
pub(super) fn is_utilized(limit: f64, in_flight: u32) -> bool {
    f64::from(in_flight) >= limit / 2.0
}
