//! The shedder before a call.

use std::future::Future;

use super::{Permit, Shedder};
use crate::context::Context;
use crate::endpoint::{Endpoint, Middleware};
use crate::method::{Method, Outcome};
use crate::policy::refusal::Refusal;
use crate::service_error::ServiceError;
use crate::status::Status;

impl Shedder {
    /// Runs a call, unless the server is overloaded.
    ///
    /// # Errors
    /// The call's own, or the refusal as a [`Status`].
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = self.admit(self.now()).map_err(refused)?;
        let outcome = call.await;
        self.finish(permit, &outcome);
        outcome
    }

    /// A call that a policy refused further in was not done.
    fn finish<T, E: ServiceError>(&self, permit: Permit<'_>, outcome: &Result<T, E>) {
        let refused = match outcome {
            Ok(_) => false,
            Err(error) => error.status().and_then(Status::refusal).is_some(),
        };
        if !refused {
            permit.record(self.now());
        }
    }
}

impl<M: Method> Middleware<M> for Shedder {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        self.run(next.call(cx, request)).await
    }
}

#[cold]
fn refused<E: ServiceError>(refusal: Refusal) -> E {
    E::from_status(Status::from(refusal))
}
