//! A mounted method, its types erased.
//!
//! One box a request buys that everything around a method (policies, limits,
//! the transport itself) is compiled once, in this crate, whatever the number
//! of methods: what is left for each is its call and its codecs.

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
use crate::transport::codec::{Codec, ReplyOut, RequestIn};

/// A method as a transport calls it: with all that stands before it.
pub(crate) struct Mounted {
    state: Arc<MethodState>,
    handler: Box<dyn Handler>,
}

impl Mounted {
    pub(crate) fn new<M: Method, E: Endpoint<M> + 'static>(
        endpoint: &ServerEndpoint<E>,
        codec: Codec<M>,
    ) -> Self {
        let ServerEndpoint { state, endpoint } = endpoint;
        Self {
            state: Arc::clone(state),
            handler: Box::new(Bound {
                endpoint: Arc::clone(endpoint),
                codec,
            }),
        }
    }

    /// A method of which only the route is tested.
    #[cfg(all(test, feature = "http"))]
    pub(crate) fn unused(meta: &'static MethodMeta) -> Self {
        struct Unused;

        impl Handler for Unused {
            fn start<'a>(
                &'a self,
                _: &'a Context,
                _: RequestIn<'_>,
            ) -> Result<Calling<'a>, Status> {
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

    /// Reads the request, makes the call, writes the reply. A panic of the
    /// user's codecs fails the call, as one of the method does.
    pub(crate) async fn call(
        &self,
        cx: &Context,
        request: RequestIn<'_>,
    ) -> Result<ReplyOut, Status> {
        let call = Erased {
            handler: &*self.handler,
            request,
        };
        self.state.serve(cx, call).await
    }
}

/// A call on its way.
type Calling<'a> = Pin<Box<dyn Future<Output = Result<ReplyOut, Status>> + Send + 'a>>;

trait Handler: Send + Sync {
    /// Reads the request and starts the call.
    fn start<'a>(&'a self, cx: &'a Context, request: RequestIn<'_>) -> Result<Calling<'a>, Status>;
}

struct Erased<'a> {
    handler: &'a dyn Handler,
    request: RequestIn<'a>,
}

impl Attempt for Erased<'_> {
    type Value = ReplyOut;
    type Error = Status;

    async fn attempt<T: CallClock>(self, cx: &Context, timer: &mut T) -> Result<ReplyOut, Status> {
        let calling = self.handler.start(cx, self.request)?;
        timer.begin();
        calling.await
    }
}

/// An endpoint and its codec over one transport.
struct Bound<M: Method, E> {
    endpoint: Arc<E>,
    codec: Codec<M>,
}

impl<M: Method, E: Endpoint<M>> Handler for Bound<M, E> {
    fn start<'a>(&'a self, cx: &'a Context, request: RequestIn<'_>) -> Result<Calling<'a>, Status> {
        match (self.codec.read_request)(request) {
            Ok(request) => Ok(Box::pin(Running {
                call: E::call(&self.endpoint, cx, request),
                write: self.codec.write_reply,
            })),
            Err(status) => Err(status),
        }
    }
}

pin_project! {
    /// A call whose reply is yet to be written.
    struct Running<F, R> {
        #[pin]
        call: F,
        write: fn(R) -> Result<ReplyOut, Status>,
    }
}

impl<F, T, E> Future for Running<F, T>
where
    F: Future<Output = Result<T, E>>,
    E: ServiceError,
{
    type Output = Result<ReplyOut, Status>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.call.poll(task) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(reply)) => Poll::Ready((this.write)(reply)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.into_status())),
        }
    }
}
