//! Snapshots of metrics, for backends to read.

use std::time::Duration;

use crate::model::code::Code;
use crate::model::side::Side;

/// The upper bounds of the histogram's buckets, in seconds; the last bucket after
/// them is unbounded.
pub const DURATION_BUCKETS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// A snapshot of the metrics of one method on one side.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MethodSnapshot {
    /// Whether the calls were served or made.
    pub side: Side,
    /// The service's name on the wire.
    pub service: &'static str,
    /// The method's name on the wire.
    pub method: &'static str,
    /// Completed calls by code, for the codes that occurred.
    pub calls: Vec<(Code, u64)>,
    /// Completed calls by duration: one count per bucket, not cumulative, and a
    /// last one for calls longer than every bucket.
    pub durations: [u64; DURATION_BUCKETS.len() + 1],
    /// The total duration of the completed calls.
    pub duration_sum: Duration,
    /// Calls that have not completed.
    pub in_flight: u64,
}
