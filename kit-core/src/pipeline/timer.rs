//! The timer of one call.

use tokio::time::Instant;

use crate::model::attempt::CallClock;
use crate::model::service_error::ServiceError;
use crate::telemetry::metrics::{CallTimer, MethodMetrics, StreamTimer};

/// Counts one call in the metrics of its method, once it has begun.
pub(crate) struct Timer<'a> {
    /// `None` for an attempt: its call is counted.
    metrics: Option<&'a MethodMetrics>,
    now: Instant,
    begun: Option<CallTimer<'a>>,
}

impl<'a> Timer<'a> {
    #[inline]
    pub(crate) fn new(metrics: Option<&'a MethodMetrics>, now: Instant) -> Self {
        Self {
            metrics,
            now,
            begun: None,
        }
    }

    #[inline]
    pub(crate) fn finish_with<T, E: ServiceError>(
        self,
        outcome: &Result<T, E>,
        ended: Option<Instant>,
    ) {
        if let Some(timer) = self.begun {
            timer.finish_with(outcome, ended);
        }
    }

    /// Goes on counting while the response streams.
    pub(crate) fn stay_open(self) -> Option<StreamTimer> {
        Some(self.begun?.stay_open(self.metrics?))
    }
}

impl CallClock for Timer<'_> {
    #[inline]
    fn begin(&mut self) {
        if let (Some(metrics), None) = (self.metrics, &self.begun) {
            self.begun = Some(metrics.start(self.now));
        }
    }

    #[inline]
    fn arrived(&self) -> Instant {
        self.now
    }
}
