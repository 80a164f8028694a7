//! The answer to one request, where hyper wants it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use http::{Request, Response};
use hyper::body::Incoming;

use crate::server::activity::{Call, CallBody};
use crate::transport::body::RequestBody;
use crate::transport::external::Answer;

/// The answer to a request, in the place that hyper has for it: HTTP/1 has
/// one for each connection.
pub(crate) fn answer(
    call: Call,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response<CallBody>, Infallible>> + Send {
    let (mut parts, body) = request.into_parts();
    let mut body = RequestBody::from(body);
    async move {
        let shared = call.shared();
        let answer = shared
            .dispatcher
            .handle(&mut parts, &mut body, &shared.connection);
        let response = answer.await;
        Ok(response.map(|body| call.ends_with(body)))
    }
}

/// The answer to a request in a box, as HTTP/2 moves it about for a while.
pub(crate) fn boxed_answer(call: Call, request: Request<Incoming>) -> BoxedAnswer {
    let shared = call.shared();
    #[cfg(feature = "grpc")]
    if shared
        .dispatcher
        .is_grpc(request.headers(), request.uri().path())
    {
        let request = request.map(RequestBody::from);
        let answer = shared.dispatcher.grpc(request, &shared.connection);
        return BoxedAnswer::new(call, answer);
    }
    let shared = Arc::clone(shared);
    let (mut parts, body) = request.into_parts();
    let mut body = RequestBody::from(body);
    let answer = Box::pin(async move {
        let answer = shared
            .dispatcher
            .handle(&mut parts, &mut body, &shared.connection);
        answer.await
    });
    BoxedAnswer::new(call, answer)
}

/// An answer, and the call that ends with its body.
pub(crate) struct BoxedAnswer {
    answer: Answer,
    call: Option<Call>,
}

impl BoxedAnswer {
    fn new(call: Call, answer: Answer) -> Self {
        let call = Some(call);
        Self { answer, call }
    }
}

impl Future for BoxedAnswer {
    type Output = Result<Response<CallBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let Poll::Ready(response) = self.answer.as_mut().poll(task) else {
            return Poll::Pending;
        };
        let Some(call) = self.call.take() else {
            return Poll::Pending;
        };
        Poll::Ready(Ok(response.map(|body| call.ends_with(body))))
    }
}
