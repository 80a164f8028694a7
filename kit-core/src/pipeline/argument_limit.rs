//! Rate limits keyed by an argument, on a server.
//!
//! All other policies run before the request is decoded. A limit for each value
//! of an argument (`#[rate_limit("5/s", key = arg(tenant))]`) needs the decoded
//! request, so it runs directly before the layers of the server, and wraps only
//! the methods that have such a limit.

use std::sync::Arc;

use crate::model::context::Context;
use crate::model::endpoint::Endpoint;
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::pipeline::admission::Admission;

/// An endpoint with a rate limit for each value of an argument.
#[derive(Debug)]
pub(crate) struct ArgumentLimit<E> {
    admission: Arc<Admission>,
    endpoint: Arc<E>,
}

impl<E> ArgumentLimit<E> {
    pub(crate) const fn new(admission: Arc<Admission>, endpoint: Arc<E>) -> Self {
        Self {
            admission,
            endpoint,
        }
    }
}

impl<M: Method, E: Endpoint<M>> Endpoint<M> for ArgumentLimit<E> {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let key = M::RATE_KEY
            .and_then(|hash| self.admission.argument_key(|hasher| hash(&request, hasher)));
        if let Some(key) = key
            && let Err(refusal) = self.admission.admit_argument(&key, cx).await
        {
            return Err(M::Error::from_status(refusal));
        }
        self.endpoint.call(cx, request).await
    }
}
