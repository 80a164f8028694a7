//! Metrics of calls.

mod metrics;
