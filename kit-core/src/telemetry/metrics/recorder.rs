//! Records the calls of one method: counts, durations, calls in flight.

#[cfg(not(feature = "metrics"))]
use std::marker::PhantomData;
#[cfg(feature = "metrics")]
use std::sync::Arc;

use tokio::time::Instant;

#[cfg(feature = "metrics")]
use super::{registry, series::Series};
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;
use crate::model::side::Side;

/// The metrics of one method on one side.
#[cfg(feature = "metrics")]
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics(Arc<Series>);

/// The metrics of one method on one side; empty, as the feature `metrics` is off.
#[cfg(not(feature = "metrics"))]
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics;

/// The timer of a call in flight. Dropped without an outcome, the call counts as
/// cancelled.
pub(crate) struct CallTimer<'a> {
    #[cfg(feature = "metrics")]
    series: &'a Series,
    #[cfg(feature = "metrics")]
    started: Instant,
    #[cfg(feature = "metrics")]
    ended: Option<Instant>,
    #[cfg(feature = "metrics")]
    code: Code,
    #[cfg(not(feature = "metrics"))]
    metrics: PhantomData<&'a MethodMetrics>,
}

#[cfg(feature = "metrics")]
impl MethodMetrics {
    pub(crate) fn bind(side: Side, meta: &'static MethodMeta) -> Self {
        Self(registry::bind(side, meta))
    }

    /// Counts a call as started.
    pub(crate) fn start(&self, now: Instant) -> CallTimer<'_> {
        self.0.begin();
        CallTimer {
            series: &self.0,
            started: now,
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
            metrics: PhantomData,
        }
    }
}

impl CallTimer<'_> {
    /// Counts the call as completed with this outcome at `ended`, or now if that is
    /// `None`.
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

/// The timer of a call whose response still streams after its handler has
/// returned. Dropped without an outcome, the call counts as cancelled.
pub(crate) struct StreamTimer {
    #[cfg(feature = "metrics")]
    series: Arc<Series>,
    #[cfg(feature = "metrics")]
    started: Instant,
    #[cfg(feature = "metrics")]
    code: Code,
}

impl CallTimer<'_> {
    /// Keeps the call in flight; `metrics` are those that started this timer.
    #[cfg(feature = "metrics")]
    pub(crate) fn into_stream_timer(self, metrics: &MethodMetrics) -> StreamTimer {
        let timer = StreamTimer {
            series: Arc::clone(&metrics.0),
            started: self.started,
            code: Code::Cancelled,
        };
        // The stream timer counts the end of the call.
        std::mem::forget(self);
        timer
    }

    /// Counts nothing.
    #[cfg(not(feature = "metrics"))]
    pub(crate) fn into_stream_timer(self, _: &MethodMetrics) -> StreamTimer {
        StreamTimer {}
    }
}

impl StreamTimer {
    /// Counts the call as completed.
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
        self.series.end(self.code, self.started.elapsed());
    }
}

#[cfg(feature = "metrics")]
impl Drop for CallTimer<'_> {
    #[inline]
    fn drop(&mut self) {
        let ended = self.ended.unwrap_or_else(Instant::now);
        let took = ended.saturating_duration_since(self.started);
        self.series.end(self.code, took);
    }
}
