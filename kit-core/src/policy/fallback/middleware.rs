//! The fallback around a call of a method.

use std::future::{Future, ready};

use super::{Fallback, Value};
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};

impl<M, F, Fut> Middleware<M> for Fallback<F>
where
    M: Method<Request: Clone>,
    F: Fn(Context, M::Request, M::Error) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome<M>> + Send,
{
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let call = next.call(cx, request.clone());
        self.answer(call, |substitute, error| {
            substitute(cx.clone(), request, error)
        })
        .await
    }
}

impl<M, V> Middleware<M> for Fallback<Value<V>>
where
    M: Method<Response = V>,
    V: Clone + Send + Sync,
{
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let call = next.call(cx, request);
        self.answer(call, |Value(value), _| ready(Ok(value.clone())))
            .await
    }
}
