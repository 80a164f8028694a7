//! The limiter before a call.

use std::future::Future;

use super::{ConcurrencyLimiter, Permit};
use crate::code::Code;
use crate::context::Context;
use crate::endpoint::{Endpoint, Middleware};
use crate::method::{Method, Outcome};
use crate::policy::refusal::Refusal;
use crate::service_error::ServiceError;
use crate::status::Status;

impl ConcurrencyLimiter {
    /// Runs a call once it has a place, which is waited for until the ambient
    /// context's deadline at most.
    ///
    /// # Errors
    /// The call's own, or the refusal as a [`Status`].
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = match self.acquire_until(|| Context::current().deadline()).await {
            Ok(permit) => permit,
            Err(refusal) => return Err(refused(refusal)),
        };
        let outcome = call.await;
        self.finish(permit, &outcome);
        outcome
    }

    fn finish<T, E: ServiceError>(&self, permit: Permit<'_>, outcome: &Result<T, E>) {
        if !permit.measures() {
            return;
        }
        let code = match outcome {
            Ok(_) => Code::Ok,
            // Refused on the way, in this process: that took no time, and says
            // nothing of the work.
            Err(error) if error.status().and_then(Status::refusal).is_some() => return,
            Err(error) => error.code(),
        };
        permit.record(code, self.now());
    }
}

impl<M: Method> Middleware<M> for ConcurrencyLimiter {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let permit = match self.acquire(cx.deadline()).await {
            Ok(permit) => permit,
            Err(refusal) => return Err(refused(refusal)),
        };
        let outcome = next.call(cx, request).await;
        self.finish(permit, &outcome);
        outcome
    }
}

#[cold]
fn refused<E: ServiceError>(refusal: Refusal) -> E {
    E::from_status(Status::from(refusal))
}
