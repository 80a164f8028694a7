//! A service wrapped in its policies, middleware and metrics.
//!
//! `AddServer` is a [`ServiceServer`] of one contract. It holds the user's
//! service and builds one [`Endpoint`] per method:
//!
//! ```text
//! metrics → deadline → policies → panic guard → .layer(..) → #[middleware] → the method
//! ```
//!
//! Transports, the in-process channel and tests all call that endpoint, so a
//! method behaves the same for every caller.

pub(crate) mod dynamic;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::model::attempt::{Attempt, CallClock};
use crate::model::context::Context;
use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::endpoint::{Endpoint, Identity, Middleware, Stack};
use crate::model::method::{Method, Outcome};
use crate::model::policies::Overrides;
#[cfg(feature = "transport")]
use crate::pipeline::argument_limit::ArgumentLimit;
use crate::pipeline::binding::ConfigBinding;
use crate::pipeline::method_state::MethodState;
use crate::policy::rate_limit::SharedStore;

/// A contract: the part of `#[kit::service]` that does not depend on the
/// implementation.
pub trait Contract: Sized + Send + Sync + 'static {
    /// The service's metadata.
    const DESCRIPTOR: &'static ServiceDescriptor;
}

/// A method that can be called on the service `S`, which implements its contract.
pub trait Dispatch<S>: Method {
    /// Calls the method.
    fn run(service: &S, cx: &Context, request: Self::Request) -> impl Call<Self>;
}

/// The future of a call of `M`. It names the return type of every method, so that
/// generated code is shorter.
#[doc(hidden)]
pub trait Call<M: Method>: Future<Output = Outcome<M>> + Send {}

impl<M: Method, F: Future<Output = Outcome<M>> + Send> Call<M> for F {}

/// A service with its middleware and the attributes of its impl. Every `AddServer`
/// is one.
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
    pub(crate) binding: ConfigBinding,
    store: Option<Arc<dyn SharedStore>>,
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
            binding: self.binding.clone(),
            store: self.store.clone(),
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
    /// Wraps `service` in the policies that its contract and its impl declare.
    pub fn new(service: S) -> Self {
        Self {
            parts: Arc::new(Parts {
                service,
                layer: Identity,
            }),
            binding: ConfigBinding::default(),
            store: None,
            contract: PhantomData,
        }
    }
}

impl<T: Contract, S, L> ServiceServer<T, S, L> {
    /// Wraps every method in a middleware. The last one added is the outermost.
    ///
    /// # Panics
    /// The server has already been cloned or mounted.
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
            binding: self.binding,
            store: self.store,
            contract: PhantomData,
        }
    }

    /// Sets the store of the rate limits with a `store` other than `local`, such
    /// as `kit::RedisStore` (feature `redis`), in place of the one of the
    /// [`Server`](crate::Server).
    ///
    /// ```
    /// # use kit::prelude::*;
    /// # use kit::policy::rate_limit::SharedStore;
    /// #[kit::service]
    /// pub trait Mail {
    ///     #[rate_limit("100/s", burst = 20, store = "counters")]
    ///     async fn send(&self, to: String) -> Result<(), Status>;
    /// }
    ///
    /// # fn example<S: Mail + Send + Sync + 'static>(service: S, store: impl SharedStore) {
    /// let server = MailServer::new(service).rate_limit_store(store);
    /// # drop(server);
    /// # }
    /// ```
    #[must_use]
    pub fn rate_limit_store(mut self, store: impl SharedStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// The endpoint of one method, with its policies and middleware.
    #[doc(hidden)]
    pub fn endpoint<M, W>(&self, own: W, overrides: Overrides) -> ServerEndpoint<Layers<S, L, W>>
    where
        M: Dispatch<S>,
        L: Middleware<M>,
        W: Middleware<M>,
    {
        ServerEndpoint {
            state: self.state(M::META, overrides),
            endpoint: Arc::new(self.layers(own)),
        }
    }

    /// The middleware of a method, around its handler.
    pub(crate) fn layers<W>(&self, own: W) -> Layers<S, L, W> {
        Layers {
            parts: Arc::clone(&self.parts),
            inner: ImplLayers {
                middleware: own,
                handler: Handler(Arc::clone(&self.parts)),
            },
        }
    }

    /// The state of one method, which does not depend on its types.
    pub(crate) fn state(
        &self,
        meta: &'static MethodMeta,
        overrides: Overrides,
    ) -> Arc<MethodState> {
        let state = MethodState::of_server(meta, overrides, self.binding.clone());
        if let Some(store) = &self.store {
            state.admission.set_store(store);
        }
        Arc::new(state)
    }
}

/// An endpoint under the policies of its method.
#[doc(hidden)]
pub struct ServerEndpoint<E> {
    pub(crate) state: Arc<MethodState>,
    pub(crate) endpoint: Arc<E>,
}

#[cfg(feature = "transport")]
impl<E> ServerEndpoint<E> {
    /// Adds a rate limit for each value of an argument.
    pub(crate) fn with_argument_limit(self) -> ServerEndpoint<ArgumentLimit<E>> {
        let admission = Arc::clone(&self.state.admission);
        ServerEndpoint {
            endpoint: Arc::new(ArgumentLimit::new(admission, self.endpoint)),
            state: self.state,
        }
    }
}

impl<M: Method, E: Endpoint<M>> Endpoint<M> for ServerEndpoint<E> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        let endpoint = &*self.endpoint;
        self.state
            .serve(cx, WholeCall::<M, E> { endpoint, request })
    }
}

/// A call of an endpoint that calls the method only when it is polled, where
/// panics are caught: a method written as `fn .. -> impl Future` may run code
/// before it returns its future.
struct WholeCall<'a, M: Method, E> {
    endpoint: &'a E,
    request: M::Request,
}

impl<M: Method, E: Endpoint<M>> Attempt for WholeCall<'_, M, E> {
    type Value = M::Response;
    type Error = M::Error;

    async fn attempt<T: CallClock>(self, cx: &Context, timer: &mut T) -> Outcome<M> {
        timer.begin();
        self.endpoint.call(cx, self.request).await
    }
}

/// A method wrapped in the middleware of its server and of its impl.
///
/// Each layer owns the next one, so a call only borrows from the layers and adds no
/// future of its own.
#[doc(hidden)]
pub struct Layers<S, L, W> {
    parts: Arc<Parts<S, L>>,
    inner: ImplLayers<S, L, W>,
}

/// A method wrapped in the middleware of its impl.
struct ImplLayers<S, L, W> {
    middleware: W,
    handler: Handler<S, L>,
}

impl<M, S, L, W> Endpoint<M> for Layers<S, L, W>
where
    M: Dispatch<S>,
    S: Send + Sync,
    L: Middleware<M>,
    W: Middleware<M>,
{
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        self.parts.layer.call(cx, request, &self.inner)
    }
}

impl<M, S, L, W> Endpoint<M> for ImplLayers<S, L, W>
where
    M: Dispatch<S>,
    S: Send + Sync,
    L: Send + Sync,
    W: Middleware<M>,
{
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        self.middleware.call(cx, request, &self.handler)
    }
}

/// The innermost endpoint: the user's method.
struct Handler<S, L>(Arc<Parts<S, L>>);

impl<M: Dispatch<S>, S: Send + Sync, L: Send + Sync> Endpoint<M> for Handler<S, L> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        // The ambient context is the same as the parameter `cx` of the handler,
        // with the changes of the middleware.
        cx.scope(M::run(&self.0.service, cx, request))
    }
}
