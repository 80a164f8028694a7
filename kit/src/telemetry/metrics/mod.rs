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

#[cfg(feature = "metrics")]
mod registry;
#[cfg(feature = "metrics")]
mod series;
mod snapshot;
pub(crate) mod text;

pub use crate::model::side::Side;
pub use snapshot::{DURATION_BUCKETS, MethodSnapshot};
pub use text::{Collector, text};

use tokio::time::Instant;

use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;

/// The metrics of one method on one side.
#[cfg(feature = "metrics")]
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics(std::sync::Arc<series::Series>);

/// The metrics of one method on one side: none in this build.
#[cfg(not(feature = "metrics"))]
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics;

/// A call under way. Dropped without an end, it counts as cancelled.
pub(crate) struct CallTimer<'a> {
    #[cfg(feature = "metrics")]
    series: &'a series::Series,
    #[cfg(feature = "metrics")]
    began: Instant,
    #[cfg(feature = "metrics")]
    ended: Option<Instant>,
    #[cfg(feature = "metrics")]
    code: Code,
    #[cfg(not(feature = "metrics"))]
    metrics: std::marker::PhantomData<&'a MethodMetrics>,
}

#[cfg(feature = "metrics")]
impl MethodMetrics {
    pub(crate) fn bind(side: Side, meta: &'static MethodMeta) -> Self {
        Self(registry::bind(side, meta))
    }

    /// Counts a call as begun.
    pub(crate) fn start(&self, now: Instant) -> CallTimer<'_> {
        self.0.begin();
        CallTimer {
            series: &self.0,
            began: now,
            ended: None,
            code: Code::Cancelled,
        }
    }
}

#[cfg(not(feature = "metrics"))]
impl MethodMetrics {
    pub(crate) fn bind(_: Side, _: &'static MethodMeta) -> Self {
        Self
    }

    /// Counts nothing.
    pub(crate) fn start(&self, _: Instant) -> CallTimer<'_> {
        CallTimer {
            metrics: std::marker::PhantomData,
        }
    }
}

impl CallTimer<'_> {
    /// Counts the call as ended with an outcome: now, where nobody has looked
    /// at the clock since.
    #[inline]
    pub(crate) fn finish_with<T, E: ServiceError>(
        self,
        outcome: &Result<T, E>,
        ended: Option<Instant>,
    ) {
        let code = match outcome {
            Ok(_) => Code::Ok,
            Err(error) => error.code(),
        };
        self.finish(code, ended);
    }

    #[cfg(feature = "metrics")]
    #[inline]
    fn finish(mut self, code: Code, ended: Option<Instant>) {
        self.code = code;
        self.ended = ended;
    }

    #[cfg(not(feature = "metrics"))]
    fn finish(self, _: Code, _: Option<Instant>) {}
}

/// A call whose response streams on after its handler has returned. Dropped
/// without an end, it counts as cancelled.
pub(crate) struct StreamTimer {
    #[cfg(feature = "metrics")]
    series: std::sync::Arc<series::Series>,
    #[cfg(feature = "metrics")]
    began: Instant,
    #[cfg(feature = "metrics")]
    code: Code,
}

impl CallTimer<'_> {
    /// Goes on counting; `metrics` are those that began.
    #[cfg(feature = "metrics")]
    pub(crate) fn stay_open(self, metrics: &MethodMetrics) -> StreamTimer {
        let open = StreamTimer {
            series: std::sync::Arc::clone(&metrics.0),
            began: self.began,
            code: Code::Cancelled,
        };
        // The end is the other's to count.
        std::mem::forget(self);
        open
    }

    /// Goes on counting nothing.
    #[cfg(not(feature = "metrics"))]
    pub(crate) fn stay_open(self, _: &MethodMetrics) -> StreamTimer {
        StreamTimer {}
    }
}

impl StreamTimer {
    /// Counts the call as ended.
    #[cfg(feature = "metrics")]
    pub(crate) fn finish(mut self, code: Code) {
        self.code = code;
    }

    /// Counts nothing.
    #[cfg(not(feature = "metrics"))]
    pub(crate) fn finish(self, _: Code) {}
}

#[cfg(feature = "metrics")]
impl Drop for StreamTimer {
    fn drop(&mut self) {
        self.series.end(self.code, self.began.elapsed());
    }
}

#[cfg(feature = "metrics")]
impl Drop for CallTimer<'_> {
    #[inline]
    fn drop(&mut self) {
        let ended = self.ended.unwrap_or_else(Instant::now);
        let took = ended.saturating_duration_since(self.began);
        self.series.end(self.code, took);
    }
}

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

/// What policies did and do: refusals by reason, changes of state, breakers by
/// state, the concurrency limits and their queues, who waits for a rate limit,
/// retries, hedges, caches and fallbacks. Methods with none are left out.
pub fn policies_snapshot() -> Vec<crate::policy::PolicySnapshot> {
    crate::pipeline::counters::snapshot()
}

/// Adds text of your own to what [`text()`] gives, for as long as the process
/// lives.
///
/// ```
/// kit::metrics::register(|text: &mut String| {
///     text.push_str("# HELP jobs_waiting Jobs that wait.\n# TYPE jobs_waiting gauge\njobs_waiting 3\n");
/// });
/// ```
pub fn register(collector: impl Collector + 'static) {
    #[cfg(feature = "metrics")]
    registry::register(Box::new(collector));
    #[cfg(not(feature = "metrics"))]
    drop(collector);
}
