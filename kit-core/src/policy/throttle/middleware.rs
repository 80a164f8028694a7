//! Applies the throttle to a call.

use std::future::Future;

use super::{Permit, Throttle};
use crate::model::completion::Completion;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::policy::support::clock::Clock;
use crate::policy::support::in_flight_guard::{CompletionPermit, InFlightGuard};

impl Throttle {
    /// Runs a call, or refuses it.
    ///
    /// A refused call fails with [`unavailable`](crate::Code::Unavailable),
    /// and carries a [refusal](Status::refusal). A call whose future is
    /// dropped, or that an inner policy of this process refuses, is not
    /// counted.
    pub fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<T, E>> {
        self.run_until(None, call)
    }

    /// Runs a call with a deadline, such as that of
    /// [`Context::current`](crate::Context::current). A call whose future is
    /// dropped after the deadline counts as a failure, since timeouts end
    /// calls that way. `None` means no deadline.
    ///
    /// # Errors
    /// The error of the call, or the refusal.
    pub async fn run_until<T, E: ServiceError>(
        &self,
        deadline: Option<tokio::time::Instant>,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = match self.admit(self.clock.now()) {
            Ok(permit) => permit,
            Err(refusal) => return Err(E::from_status(Status::from(refusal))),
        };
        let guard = InFlightGuard::new(permit, deadline, &self.clock);
        let outcome = call.await;
        guard.end(Completion::with(&outcome));
        outcome
    }
}

impl CompletionPermit for Permit<'_> {
    fn end(self, completion: Completion, clock: &Clock) {
        self.record_end(completion, clock.now());
    }
}

/// A call whose future is dropped after the deadline of its context counts as
/// failed with [`deadline_exceeded`](crate::Code::DeadlineExceeded), since
/// timeouts end calls that way. One dropped earlier was cancelled and is not
/// counted.
impl<M: Method> Middleware<M> for Throttle {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.run_until(cx.deadline(), next.call(cx, request))
    }
}
