//! Counts the calls of one method.

use tokio::time::Instant;

#[cfg(feature = "metrics")]
use super::{registry, series::Series};
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;
use crate::model::side::Side;
#[cfg(feature = "metrics")]
use std::sync::Arc;

/// The metrics of one method on one side.
#[cfg(feature = "metrics")]
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics(Arc<Series>);

/// The metrics of one method on one side: none in this build.
#[cfg(not(feature = "metrics"))]
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics;

/// A call under way. Dropped without an end, it counts as cancelled.
pub(crate) struct CallTimer<'a> {
    #[cfg(feature = "metrics")]
    series: &'a Series,
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
    series: Arc<Series>,
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
            series: Arc::clone(&metrics.0),
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
