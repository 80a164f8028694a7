//! Applies the shedder to a call.

use std::future::Future;

use super::Shedder;
use crate::model::completion::Completion;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::model::status::refusal::Refusal;

impl Shedder {
    /// Runs a call, unless the server is overloaded.
    ///
    /// # Errors
    /// The error of the call, or the refusal as a [`Status`].
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = self.admit(self.now()).map_err(refused)?;
        let outcome = call.await;
        permit.record_end(Completion::with(&outcome), self.now());
        outcome
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
