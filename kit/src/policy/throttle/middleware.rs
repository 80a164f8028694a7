//! The throttle around a call.

use std::future::Future;

use super::Throttle;
use crate::context::Context;
use crate::endpoint::{Endpoint, Middleware};
use crate::method::{Method, Outcome};
use crate::service_error::ServiceError;
use crate::status::Status;

impl Throttle {
    /// Makes a call, or drops it.
    ///
    /// A dropped call fails with [`unavailable`](crate::Code::Unavailable),
    /// and [`Status::refusal`] tells of it. A call whose future is dropped,
    /// and one that another policy of this process refused further in, counts
    /// as nothing.
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let permit = match self.admit(self.clock.now()) {
            Ok(permit) => permit,
            Err(refusal) => return Err(E::from_status(Status::from(refusal))),
        };
        let outcome = call.await;
        let class = self.classes.of_outcome(&outcome);
        permit.record(class, self.clock.now());
        outcome
    }
}

impl<M: Method> Middleware<M> for Throttle {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.run(next.call(cx, request))
    }
}
