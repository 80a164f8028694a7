//! A service with what stands before it: policies, middleware, metrics.
//!
//! `AddServer` is [`ServiceServer`] of one contract. It holds the user's
//! service and builds, per method, one [`Endpoint`]:
//!
//! ```text
//! metrics → deadline → panic guard → .layer(..) → #[middleware] → the method
//! ```
//!
//! Transports, the in-process channel and tests all call that endpoint, so
//! that a method behaves the same whoever calls it.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::context::Context;
use crate::descriptor::{MethodMeta, ServiceDescriptor, Shape};
use crate::endpoint::{Chain, Endpoint, Identity, Middleware, Stack};
use crate::method::{Method, Outcome};
use crate::metrics::{MethodMetrics, Side};
use crate::policy::{Overrides, SidePolicies, within};
use crate::service_error::ServiceError;
use crate::status::Status;

/// A contract: what `#[kit::service]` makes of a trait, apart from who
/// implements it.
pub trait Contract: Sized + Send + Sync + 'static {
    /// The service's metadata.
    const DESCRIPTOR: &'static ServiceDescriptor;
}

/// How a method is called on a service that implements its contract.
pub trait Dispatch<S>: Method {
    /// Calls the method.
    fn run(service: &S, cx: &Context, request: Self::Request) -> impl Call<Self>;
}

/// A call of `M` under way. It is a name for what any method returns, so that
/// generated code need not spell it out.
#[doc(hidden)]
pub trait Call<M: Method>: Future<Output = Outcome<M>> + Send {}

impl<M: Method, F: Future<Output = Outcome<M>> + Send> Call<M> for F {}

/// A service, its own middleware, and the attributes of its impl: what every
/// `AddServer` is.
///
/// ```
/// # use kit::prelude::*;
/// # #[kit::service] pub trait Add {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// # }
/// # struct Basic;
/// # impl Add for Basic {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> { Ok(a + b) }
/// # }
/// struct Audit;
///
/// impl<M: Method> Middleware<M> for Audit {
///     async fn call<E: Endpoint<M>>(&self, cx: &Context, request: M::Request, next: &E) -> Outcome<M> {
///         println!("{} from {:?}", M::META.name, cx.peer());
///         next.call(cx, request).await
///     }
/// }
///
/// let server = kit::Server::new().mount(AddServer::new(Basic).layer(Audit));
/// ```
pub struct ServiceServer<T, S, L = Identity> {
    parts: Arc<Parts<S, L>>,
    contract: PhantomData<fn() -> T>,
}

struct Parts<S, L> {
    service: S,
    layer: L,
}

impl<T, S, L> Clone for ServiceServer<T, S, L> {
    fn clone(&self) -> Self {
        Self {
            parts: Arc::clone(&self.parts),
            contract: PhantomData,
        }
    }
}

impl<T: Contract, S, L> fmt::Debug for ServiceServer<T, S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceServer")
            .field("service", &T::DESCRIPTOR.name)
            .finish_non_exhaustive()
    }
}

impl<T: Contract, S> ServiceServer<T, S> {
    /// A server of `service`, with the policies that its contract and its
    /// impl declare.
    pub fn new(service: S) -> Self {
        Self {
            parts: Arc::new(Parts {
                service,
                layer: Identity,
            }),
            contract: PhantomData,
        }
    }
}

impl<T: Contract, S, L> ServiceServer<T, S, L> {
    /// Puts a middleware before every method. The last one added is the
    /// outermost.
    ///
    /// # Panics
    /// The server has been cloned or mounted before.
    #[must_use]
    pub fn layer<W>(self, middleware: W) -> ServiceServer<T, S, Stack<W, L>> {
        let Ok(Parts { service, layer }) = Arc::try_unwrap(self.parts) else {
            panic!("add layers to a server before cloning it");
        };
        ServiceServer {
            parts: Arc::new(Parts {
                service,
                layer: Stack::new(middleware, layer),
            }),
            contract: PhantomData,
        }
    }

    /// The endpoint of one method; generated code calls it as it mounts.
    #[doc(hidden)]
    pub fn endpoint<M, W>(&self, own: W, overrides: Overrides) -> ServerEndpoint<M, S, L, W>
    where
        M: Dispatch<S>,
        L: Middleware<M>,
        W: Middleware<M>,
    {
        ServerEndpoint {
            parts: Arc::clone(&self.parts),
            own,
            state: ServerState::new(M::META, overrides),
            method: PhantomData,
        }
    }
}

/// One method of a service with all that stands before it.
#[doc(hidden)]
pub struct ServerEndpoint<M, S, L, W> {
    parts: Arc<Parts<S, L>>,
    own: W,
    state: ServerState,
    method: PhantomData<fn() -> M>,
}

/// The part that does not depend on the types of a call, compiled once.
struct ServerState {
    meta: &'static MethodMeta,
    policies: SidePolicies,
    metrics: MethodMetrics,
}

impl ServerState {
    fn new(meta: &'static MethodMeta, overrides: Overrides) -> Self {
        Self {
            meta,
            policies: overrides.apply(meta.policies.server),
            metrics: MethodMetrics::bind(Side::Server, meta),
        }
    }

    #[cold]
    fn elapsed(&self) -> Status {
        Status::deadline_exceeded(format!(
            "method `{}` did not end before its deadline",
            self.meta.name
        ))
    }
}

impl<M, S, L, W> Endpoint<M> for ServerEndpoint<M, S, L, W>
where
    M: Dispatch<S>,
    S: Send + Sync,
    L: Middleware<M>,
    W: Middleware<M>,
{
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let now = Instant::now();
        let timer = self.state.metrics.start(now);
        let outcome = match self.state.policies.enter(cx, now) {
            Ok(entered) => {
                let cx = entered.as_ref().unwrap_or(cx);
                let handler = Chain::new(&self.own, Handler(&self.parts.service));
                let call = self.parts.layer.call(cx, request, &handler);
                match within(cx.deadline(), CatchPanic { future: call }).await {
                    Ok(Ok(outcome)) => outcome,
                    Ok(Err(panic)) => {
                        Err(M::Error::from_status(panicked(self.state.meta, &*panic)))
                    }
                    Err(_) => Err(M::Error::from_status(self.state.elapsed())),
                }
            }
            Err(refusal) => Err(M::Error::from_status(refusal)),
        };
        let streams = matches!(M::META.shape, Shape::ServerStreaming | Shape::Bidirectional);
        if streams && outcome.is_ok() {
            cx.hold_open(timer.stay_open(&self.state.metrics));
        } else {
            timer.finish_with(&outcome);
        }
        outcome
    }
}

/// The user's method as the innermost endpoint.
struct Handler<'a, S>(&'a S);

impl<M: Dispatch<S>, S: Send + Sync> Endpoint<M> for Handler<'_, S> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        // The ambient context is the one that the handler would be handed,
        // with what middleware before it changed.
        cx.scope(M::run(self.0, cx, request))
    }
}

pin_project! {
    /// Turns a panic of a future into a value.
    struct CatchPanic<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for CatchPanic<F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let future = self.project().future;
        // Nothing looks at the future again after a panic; what it shares
        // with other calls guards itself, as with any task that panics.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.poll(task)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// Logs a panic of a method, and makes the status that its caller gets.
#[cold]
pub(crate) fn panicked(meta: &MethodMeta, panic: &(dyn Any + Send)) -> Status {
    tracing::error!(
        service = meta.service,
        method = meta.name,
        panic = panic_message(panic),
        "handler panicked"
    );
    // What a panic says is for the log alone: it may hold anything.
    Status::internal(format!("method `{}` panicked", meta.name))
}

/// Runs a future; its panic is a value.
#[cfg(feature = "http")]
pub(crate) fn catch_panic<F: Future>(
    future: F,
) -> impl Future<Output = Result<F::Output, Box<dyn Any + Send>>> {
    CatchPanic { future }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is not a string")
}
