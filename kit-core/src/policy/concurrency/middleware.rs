//! The limiter before a call.

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
    /// Runs a call once it has a place, which is waited for until the ambient
    /// context's deadline at most.
    ///
    /// A call whose future is dropped gives its place back and teaches an
    /// adaptive limit nothing.
    ///
    /// # Errors
    /// The call's own, or the refusal as a [`Status`].
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
        let held = match permit {
            Ok(permit) => InFlightGuard::new(permit, deadline, self.clock()),
            Err(refusal) => return Err(refused(refusal)),
        };
        let outcome = call.await;
        held.end(Completion::with(&outcome));
        outcome
    }
}

impl CompletionPermit for Permit<'_> {
    fn end(self, ended: Completion, clock: &Clock) {
        // A fixed limit learns nothing, and need not know the time.
        if self.measures() {
            self.record_end(ended, clock.now());
        }
    }
}

/// A call whose future is dropped once the deadline of its context has passed
/// has failed, with [`deadline_exceeded`](crate::Code::DeadlineExceeded), and
/// an adaptive limit sinks by it. Dropped before, it was given up.
impl<M: Method> Middleware<M> for ConcurrencyLimiter {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let permit = self.acquire(cx.deadline()).await;
        // Made once there is a place: what it does before it is polled counts.
        let call = async { next.call(cx, request).await };
        self.hold(permit, cx.deadline(), call).await
    }
}

#[cold]
fn refused<E: ServiceError>(refusal: Refusal) -> E {
    E::from_status(Status::from(refusal))
}
