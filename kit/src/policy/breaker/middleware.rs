//! The breaker around a call.

use std::future::Future;

use super::Breaker;
use crate::context::Context;
use crate::endpoint::{Endpoint, Middleware};
use crate::method::{Method, Outcome};
use crate::service_error::ServiceError;
use crate::status::Status;

impl Breaker {
    /// Makes a call, or refuses it.
    ///
    /// A refusal is [`unavailable`](crate::Code::Unavailable), and
    /// [`Status::refusal`] tells of it. A call whose future is dropped was
    /// given up: it counts as nothing. So does one that another policy of
    /// this process refused further in.
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = match self.admit(self.clock.now()) {
            Ok(permit) => permit,
            Err(refusal) => return Err(E::from_status(Status::from(refusal))),
        };
        let outcome = call.await;
        let class = self.knobs.classes.of_outcome(&outcome);
        permit.record(class, self.clock.now());
        outcome
    }
}

impl<M: Method> Middleware<M> for Breaker {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.run(next.call(cx, request))
    }
}
