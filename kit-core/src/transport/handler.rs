//! The handler of a mounted method, its types erased.
//!
//! At the price of one box per request, everything around a method (policies,
//! limits, the transport itself) is compiled once, in this crate, whatever the
//! number of methods: only its call and its codecs are compiled per method.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use crate::model::attempt::{Attempt, CallClock};
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::Endpoint;
use crate::model::method::Method;
#[cfg(all(test, feature = "http"))]
use crate::model::policies::Overrides;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::pipeline::method_state::MethodState;
use crate::service::ServerEndpoint;
use crate::transport::codec::{Codec, RequestIn, ResponseOut};

/// A method as a transport calls it: wrapped in its policies and middleware.
pub(crate) struct MethodHandler {
    state: Arc<MethodState>,
    handler: Box<dyn Handler>,
}

impl MethodHandler {
    pub(crate) fn new<M: Method, E: Endpoint<M> + 'static>(
        endpoint: &ServerEndpoint<E>,
        codec: Codec<M>,
    ) -> Self {
        let ServerEndpoint { state, endpoint } = endpoint;
        Self {
            state: Arc::clone(state),
            handler: Box::new(TypedHandler {
                endpoint: Arc::clone(endpoint),
                codec,
            }),
        }
    }

    /// A method without a handler, for tests of its route.
    #[cfg(all(test, feature = "http"))]
    pub(crate) fn unused(meta: &'static MethodMeta) -> Self {
        struct Unused;

        impl Handler for Unused {
            fn start<'a>(
                &'a self,
                _: &'a Context,
                _: RequestIn<'_>,
            ) -> Result<CallFuture<'a>, Status> {
                Err(Status::unimplemented("only its route is tested"))
            }
        }

        let state = MethodState::of_server(meta, Overrides::NONE, Default::default());
        Self {
            state: Arc::new(state),
            handler: Box::new(Unused),
        }
    }

    pub(crate) fn meta(&self) -> &'static MethodMeta {
        self.state.meta
    }

    /// Reads the request, makes the call and writes the response. A panic in the
    /// user's codecs fails the call, as one in the method does.
    pub(crate) async fn call(
        &self,
        cx: &Context,
        request: RequestIn<'_>,
    ) -> Result<ResponseOut, Status> {
        let call = ErasedCall {
            handler: &*self.handler,
            request,
        };
        self.state.serve(cx, call).await
    }
}

/// The boxed future of a call.
type CallFuture<'a> = Pin<Box<dyn Future<Output = Result<ResponseOut, Status>> + Send + 'a>>;

trait Handler: Send + Sync {
    /// Reads the request and starts the call.
    fn start<'a>(
        &'a self,
        cx: &'a Context,
        request: RequestIn<'_>,
    ) -> Result<CallFuture<'a>, Status>;
}

struct ErasedCall<'a> {
    handler: &'a dyn Handler,
    request: RequestIn<'a>,
}

impl Attempt for ErasedCall<'_> {
    type Value = ResponseOut;
    type Error = Status;

    async fn attempt<T: CallClock>(
        self,
        cx: &Context,
        timer: &mut T,
    ) -> Result<ResponseOut, Status> {
        let call = self.handler.start(cx, self.request)?;
        timer.begin();
        call.await
    }
}

/// The handler of a method: its endpoint and its codec over one transport.
struct TypedHandler<M: Method, E> {
    endpoint: Arc<E>,
    codec: Codec<M>,
}

impl<M: Method, E: Endpoint<M>> Handler for TypedHandler<M, E> {
    fn start<'a>(
        &'a self,
        cx: &'a Context,
        request: RequestIn<'_>,
    ) -> Result<CallFuture<'a>, Status> {
        match (self.codec.read_request)(request) {
            Ok(request) => Ok(Box::pin(CallAndWrite {
                call: E::call(&self.endpoint, cx, request),
                write: self.codec.write_response,
            })),
            Err(status) => Err(status),
        }
    }
}

pin_project! {
    /// A call, followed by the writing of its response.
    struct CallAndWrite<F, R> {
        #[pin]
        call: F,
        write: fn(R) -> Result<ResponseOut, Status>,
    }
}

impl<F, T, E> Future for CallAndWrite<F, T>
where
    F: Future<Output = Result<T, E>>,
    E: ServiceError,
{
    type Output = Result<ResponseOut, Status>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.call.poll(task) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(response)) => Poll::Ready((this.write)(response)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.into_status())),
        }
    }
}
