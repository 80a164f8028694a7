//! Metrics as values, for backends to read.

use std::time::Duration;

use crate::model::code::Code;
use crate::model::side::Side;

/// The upper ends of the histogram's buckets, in seconds; one more has no end.
pub const DURATION_BUCKETS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// What is known of one method on one side at one moment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MethodSnapshot {
    /// Which end of the calls.
    pub side: Side,
    /// The service's name on the wire.
    pub service: &'static str,
    /// The method's name on the wire.
    pub method: &'static str,
    /// Calls by how they ended, for those codes that were seen.
    pub calls: Vec<(Code, u64)>,
    /// Calls by how long they took: one count per bucket, not summed up, and
    /// one for those that took longer than every bucket.
    pub durations: [u64; DURATION_BUCKETS.len() + 1],
    /// How long all of them took together.
    pub duration_sum: Duration,
    /// Calls that have not ended.
    pub in_flight: u64,
}
