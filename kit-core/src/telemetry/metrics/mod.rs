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

mod collector;
#[cfg(not(feature = "metrics"))]
mod disabled;
#[cfg(feature = "metrics")]
mod recording;
mod snapshot;

pub use self::collector::Collector;
#[cfg(not(feature = "metrics"))]
use self::disabled as implementation;
pub(crate) use self::implementation::{CallTimer, MethodMetrics, StreamTimer};
pub use self::implementation::{register, snapshot, text};
#[cfg(feature = "metrics")]
use self::recording as implementation;
#[cfg(feature = "metrics")]
pub(crate) use self::recording::{Place, Section, format};
pub use self::snapshot::{DURATION_BUCKETS, MethodSnapshot};

pub use crate::model::side::Side;
