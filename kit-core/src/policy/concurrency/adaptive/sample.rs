//! What an adaptive limit learns from.

use std::time::Duration;

/// How one call went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// How long it took, without the time in our queue.
    pub(crate) took: Duration,
    /// How many were inside as it ended, itself included.
    pub(crate) inside: u32,
    /// Whether it was lost: timed out, or refused further on.
    pub(crate) dropped: bool,
}

/// Whether so many inside try the limit enough for it to grow.
pub(super) fn is_tried(limit: f64, inside: u32) -> bool {
    f64::from(inside) >= limit / 2.0
}
