//! The breaker around a call.

use std::future::Future;

use super::{Breaker, Permit};
use crate::model::completion::Completion;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::policy::support::clock::Clock;
use crate::policy::support::in_flight_guard::{CompletionPermit, InFlightGuard};

impl Breaker {
    /// Makes a call, or refuses it.
    ///
    /// A refusal is [`unavailable`](crate::Code::Unavailable), and
    /// [`Status::refusal`] tells of it. A call whose future is dropped was
    /// given up: it counts as nothing. So does one that another policy of
    /// this process refused further in, and one that panics: a bug of this
    /// process says nothing of the peer.
    pub fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<T, E>> {
        self.run_until(None, call)
    }

    /// The same for a call with a deadline, as that of
    /// [`Context::current`](crate::Context::current): one whose future is
    /// dropped after it has failed, by what ends calls in time. `None` is no
    /// deadline.
    ///
    /// # Errors
    /// That of the call, or that it was refused.
    pub async fn run_until<T, E: ServiceError>(
        &self,
        deadline: Option<tokio::time::Instant>,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = match self.admit(self.clock.now()) {
            Ok(permit) => permit,
            Err(refusal) => return Err(E::from_status(Status::from(refusal))),
        };
        let held = InFlightGuard::new(permit, deadline, &self.clock);
        let outcome = call.await;
        held.end(Completion::with(&outcome));
        outcome
    }
}

impl CompletionPermit for Permit<'_> {
    fn end(self, ended: Completion, clock: &Clock) {
        self.record_end(ended, clock.now());
    }
}

/// A call whose future is dropped once the deadline of its context has passed
/// has failed, with [`deadline_exceeded`](crate::Code::DeadlineExceeded): what
/// ends a call in time does so. Dropped before, it was given up.
impl<M: Method> Middleware<M> for Breaker {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.run_until(cx.deadline(), next.call(cx, request))
    }
}
