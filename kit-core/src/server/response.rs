//! The response to one request, as the futures that hyper expects.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use http::{Request, Response};
use hyper::body::Incoming;

use crate::server::activity::{Call, CallBody};
use crate::transport::body::RequestBody;
use crate::transport::external::ResponseFuture;

/// Responds to a request over HTTP/1. The future is not boxed: hyper has a
/// place for one per connection.
pub(crate) fn respond(
    call: Call,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response<CallBody>, Infallible>> + Send {
    let (mut parts, body) = request.into_parts();
    let mut body = RequestBody::from(body);
    async move {
        let shared = call.shared();
        let response = shared
            .dispatcher
            .handle(&mut parts, &mut body, &shared.connection)
            .await;
        Ok(response.map(|body| call.into_body(body)))
    }
}

/// Responds to a request over HTTP/2. The future is boxed, as hyper moves it
/// several times.
pub(crate) fn respond_boxed(call: Call, request: Request<Incoming>) -> BoxedResponse {
    let shared = call.shared();
    #[cfg(feature = "grpc")]
    if shared
        .dispatcher
        .is_grpc(request.headers(), request.uri().path())
    {
        let request = request.map(RequestBody::from);
        let response = shared.dispatcher.grpc(request, &shared.connection);
        return BoxedResponse::new(call, response);
    }
    let shared = Arc::clone(shared);
    let (mut parts, body) = request.into_parts();
    let mut body = RequestBody::from(body);
    let response = Box::pin(async move {
        shared
            .dispatcher
            .handle(&mut parts, &mut body, &shared.connection)
            .await
    });
    BoxedResponse::new(call, response)
}

/// A boxed response, and the call that ends with its body.
pub(crate) struct BoxedResponse {
    response: ResponseFuture,
    call: Option<Call>,
}

impl BoxedResponse {
    fn new(call: Call, response: ResponseFuture) -> Self {
        let call = Some(call);
        Self { response, call }
    }
}

impl Future for BoxedResponse {
    type Output = Result<Response<CallBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let Poll::Ready(response) = self.response.as_mut().poll(task) else {
            return Poll::Pending;
        };
        let Some(call) = self.call.take() else {
            return Poll::Pending;
        };
        Poll::Ready(Ok(response.map(|body| call.into_body(body))))
    }
}
