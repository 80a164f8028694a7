//! Applies the limiter to a call.

use std::future::Future;

use super::{ConcurrencyLimiter, Permit};
use crate::model::completion::Completion;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::model::status::refusal::Refusal;
use crate::policy::support::clock::Clock;
use crate::policy::support::in_flight_guard::{CompletionPermit, InFlightGuard};

impl ConcurrencyLimiter {
    /// Waits for a permit, until the deadline of the current context at most,
    /// and runs a call.
    ///
    /// A call whose future is dropped releases its permit and does not affect
    /// an adaptive limit.
    ///
    /// # Errors
    /// The error of the call, or the refusal as a [`Status`].
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = self.acquire_until(|| Context::current().deadline()).await;
        self.hold(permit, None, call).await
    }

    async fn hold<T, E: ServiceError>(
        &self,
        permit: Result<Permit<'_>, Refusal>,
        deadline: Option<tokio::time::Instant>,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let guard = match permit {
            Ok(permit) => InFlightGuard::new(permit, deadline, self.clock()),
            Err(refusal) => return Err(refused(refusal)),
        };
        let outcome = call.await;
        guard.end(Completion::with(&outcome));
        outcome
    }
}

impl CompletionPermit for Permit<'_> {
    fn end(self, completion: Completion, clock: &Clock) {
        // A fixed limit measures nothing and does not need the time.
        if self.measures() {
            self.record_end(completion, clock.now());
        }
    }
}

/// A call whose future is dropped after the deadline of its context counts as
/// failed with [`deadline_exceeded`](crate::Code::DeadlineExceeded), and
/// decreases an adaptive limit. One dropped earlier was cancelled.
impl<M: Method> Middleware<M> for ConcurrencyLimiter {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let permit = self.acquire(cx.deadline()).await;
        // Created after admission: creating the future may do work too.
        let call = async { next.call(cx, request).await };
        self.hold(permit, cx.deadline(), call).await
    }
}

#[cold]
fn refused<E: ServiceError>(refusal: Refusal) -> E {
    E::from_status(Status::from(refusal))
}
