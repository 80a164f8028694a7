//! Applies the shared limiter to a call.

use std::future::Future;

use super::SharedRateLimiter;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

impl SharedRateLimiter {
    /// Waits for the turn of a call, and runs it. The call is refused if its
    /// turn would come after the wait of the configuration or the deadline of
    /// the current context.
    ///
    /// # Errors
    /// The error of the call, or the refusal as a [`Status`].
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.run_key(b"", call).await
    }

    /// Waits for the turn of a call with this key, and runs it; see
    /// [`run`](Self::run).
    ///
    /// # Errors
    /// The error of the call, or the refusal as a [`Status`].
    pub async fn run_key<T, E: ServiceError>(
        &self,
        key: &[u8],
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match self.admit_key(key).await {
            Ok(()) => call.await,
            Err(refusal) => Err(E::from_status(Status::from(refusal))),
        }
    }
}

impl<M: Method> Middleware<M> for SharedRateLimiter {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let key = self.local.key().read(cx, <[u8]>::to_vec);
        match self.turn(&key, cx.deadline()).await {
            Ok(()) => next.call(cx, request).await,
            Err(refusal) => Err(M::Error::from_status(Status::from(refusal))),
        }
    }
}
