//! Records one call in the metrics of its method.

use tokio::time::Instant;

use crate::model::attempt::CallClock;
use crate::model::service_error::ServiceError;
use crate::telemetry::metrics::{CallTimer, MethodMetrics, StreamTimer};

/// The timer of one call; records nothing until the call begins.
pub(crate) struct Timer<'a> {
    /// `None` for an attempt, as only its call is counted.
    metrics: Option<&'a MethodMetrics>,
    now: Instant,
    call_timer: Option<CallTimer<'a>>,
}

impl<'a> Timer<'a> {
    #[inline]
    pub(crate) fn new(metrics: Option<&'a MethodMetrics>, now: Instant) -> Self {
        Self {
            metrics,
            now,
            call_timer: None,
        }
    }

    #[inline]
    pub(crate) fn finish_with<T, E: ServiceError>(
        self,
        outcome: &Result<T, E>,
        ended_at: Option<Instant>,
    ) {
        if let Some(timer) = self.call_timer {
            timer.finish_with(outcome, ended_at);
        }
    }

    /// Keeps the call in flight while its response streams.
    pub(crate) fn into_stream_timer(self) -> Option<StreamTimer> {
        Some(self.call_timer?.into_stream_timer(self.metrics?))
    }
}

impl CallClock for Timer<'_> {
    #[inline]
    fn begin(&mut self) {
        if let (Some(metrics), None) = (self.metrics, &self.call_timer) {
            self.call_timer = Some(metrics.start(self.now));
        }
    }

    #[inline]
    fn arrived(&self) -> Instant {
        self.now
    }
}
