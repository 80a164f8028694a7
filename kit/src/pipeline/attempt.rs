//! A call that is yet to be made, and what counts it.
//!
//! Both sides drive calls through the same steps, with the types of a method or
//! with none: what they drive is an [`Attempt`].

use std::future::Future;

use tokio::time::Instant;

use crate::model::context::Context;
use crate::model::endpoint::Endpoint;
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::telemetry::metrics::{CallTimer, MethodMetrics};

/// A call that is yet to be made, once what stands before it lets it.
///
/// What stands before it is written once for every such call: with the types
/// of its method, or with none, as transports make them.
pub(crate) trait Attempt: Send {
    type Value: Send;
    type Error: ServiceError;

    /// Makes the call; `timer` starts once it is known to be one.
    fn attempt(
        self,
        cx: &Context,
        timer: &mut Timer<'_>,
    ) -> impl Future<Output = Result<Self::Value, Self::Error>> + Send;
}

/// What counts a call, once it has begun: a request that can't be read is no
/// call of its method.
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
    pub(crate) fn begin(&mut self) {
        if let (Some(metrics), None) = (self.metrics, &self.begun) {
            self.begun = Some(metrics.start(self.now));
        }
    }

    /// When the call came.
    #[inline]
    pub(crate) const fn came(&self) -> Instant {
        self.now
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
    pub(crate) fn stay_open(self) -> Option<crate::telemetry::metrics::StreamTimer> {
        Some(self.begun?.stay_open(self.metrics?))
    }
}

/// A call of an endpoint.
pub(crate) struct TypedCall<'a, M: Method, E> {
    endpoint: &'a E,
    request: M::Request,
}

impl<'a, M: Method, E: Endpoint<M>> TypedCall<'a, M, E> {
    pub(crate) fn new(endpoint: &'a E, request: M::Request) -> Self {
        Self { endpoint, request }
    }
}

impl<M: Method, E: Endpoint<M>> Attempt for TypedCall<'_, M, E> {
    type Value = M::Response;
    type Error = M::Error;

    fn attempt(
        self,
        cx: &Context,
        timer: &mut Timer<'_>,
    ) -> impl Future<Output = Outcome<M>> + Send {
        timer.begin();
        self.endpoint.call(cx, self.request)
    }
}
