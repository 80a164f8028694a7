//! Records the calls of one method: counts, durations, calls in flight.

use std::sync::Arc;

use tokio::time::Instant;

use super::{registry, series::Series};
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;
use crate::model::side::Side;

/// The metrics of one method on one side.
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics(Arc<Series>);

/// The timer of a call in flight. Dropped without an outcome, the call counts as
/// cancelled.
pub(crate) struct CallTimer<'a> {
    series: &'a Series,
    started: Instant,
    ended: Option<Instant>,
    code: Code,
}

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

    #[inline]
    fn finish(mut self, code: Code, ended: Option<Instant>) {
        self.code = code;
        self.ended = ended;
    }
}

/// The timer of a call whose response still streams after its handler has
/// returned. Dropped without an outcome, the call counts as cancelled.
pub(crate) struct StreamTimer {
    series: Arc<Series>,
    started: Instant,
    code: Code,
}

impl CallTimer<'_> {
    /// Keeps the call in flight; `metrics` are those that started this timer.
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
}

impl StreamTimer {
    /// Counts the call as completed.
    pub(crate) fn finish(mut self, code: Code) {
        self.code = code;
    }
}

impl Drop for StreamTimer {
    fn drop(&mut self) {
        self.series.end(self.code, self.started.elapsed());
    }
}

impl Drop for CallTimer<'_> {
    #[inline]
    fn drop(&mut self) {
        let ended = self.ended.unwrap_or_else(Instant::now);
        let took = ended.saturating_duration_since(self.started);
        self.series.end(self.code, took);
    }
}
