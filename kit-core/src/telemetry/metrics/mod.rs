//! Metrics: calls, errors, durations and calls in flight per method and side, the
//! counts and states of policies, and the process.
//!
//! Handles are bound when a server or client is built, so a call does no lookup
//! and no allocation. Series belong to the process: two servers of one service
//! share them.
//!
//! [`snapshot`] and [`policies_snapshot`] are for other backends to read.
//! [`text()`] renders them in the Prometheus text format, which a server serves
//! at `/metrics`:
//!
//! ```text
//! rpc_server_calls_total{rpc_service="pb.Add",rpc_method="Sum",code="ok"} 12
//! rpc_server_call_duration_seconds_bucket{rpc_service="pb.Add",rpc_method="Sum",le="0.005"} 12
//! rpc_server_calls_in_flight{rpc_service="pb.Add",rpc_method="Sum"} 0
//! ```
//!
//! Without the cargo feature `metrics`, all of these items still exist and do
//! nothing.

mod collectors;
#[cfg(feature = "metrics")]
pub(crate) mod format;
mod prometheus;
mod recorder;
#[cfg(feature = "metrics")]
mod registry;
#[cfg(feature = "metrics")]
mod series;
#[cfg(feature = "metrics")]
mod shards;
mod snapshot;

#[cfg(feature = "metrics")]
pub(crate) use collectors::Section;
pub use collectors::{Collector, register};
pub use prometheus::text;
pub(crate) use recorder::{CallTimer, MethodMetrics, StreamTimer};
pub use snapshot::{DURATION_BUCKETS, MethodSnapshot};

pub use crate::model::side::Side;

/// A snapshot of every method that is served or called in this process, ordered
/// by side, service and method.
pub fn snapshot() -> Vec<MethodSnapshot> {
    #[cfg(feature = "metrics")]
    {
        registry::snapshot()
    }
    #[cfg(not(feature = "metrics"))]
    {
        Vec::new()
    }
}
