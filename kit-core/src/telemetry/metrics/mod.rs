//! Calls, errors, durations and calls in flight, per method and side; what
//! policies did and do; the process.
//!
//! Handles are bound when a server or client is built: a call looks nothing
//! up and allocates nothing. Two servers of one service share its series, as
//! what is counted is the process.
//!
//! [`snapshot`] and [`policies_snapshot`] are where other backends read;
//! [`text()`] is the Prometheus text format made from them, which a server shows
//! at `/metrics`:
//!
//! ```text
//! rpc_server_calls_total{rpc_service="pb.Add",rpc_method="Sum",code="ok"} 12
//! rpc_server_call_duration_seconds_bucket{rpc_service="pb.Add",rpc_method="Sum",le="0.005"} 12
//! rpc_server_calls_in_flight{rpc_service="pb.Add",rpc_method="Sum"} 0
//! ```
//!
//! With the cargo feature `metrics` off, all of this is still there and does
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

/// What is known of every method that is served or called in this process, by
/// side, service and method.
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
