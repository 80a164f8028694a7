//! A service with what stands before it: policies, middleware, metrics.
//!
//! `AddServer` is [`ServiceServer`] of one contract. It holds the user's
//! service and builds, per method, one [`Endpoint`]:
//!
//! ```text
//! metrics → deadline → policies → panic guard → .layer(..) → #[middleware] → the method
//! ```
//!
//! Transports, the in-process channel and tests all call that endpoint, so
//! that a method behaves the same whoever calls it.

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
    /// A server of `service`, with the policies that its contract and its
    /// impl declare.
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
            binding: self.binding,
            store: self.store,
            contract: PhantomData,
        }
    }

    /// Counts the rate limits that have a `store` other than `local` in this
    /// store, in place of the one that the [`Server`](crate::Server) has. Of
    /// kit's feature `redis` that is a `kit::RedisStore`.
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

    /// The endpoint of one method, with all that stands before it.
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

    /// What stands before every method, and calls it.
    pub(crate) fn layers<W>(&self, own: W) -> Layers<S, L, W> {
        Layers {
            parts: Arc::clone(&self.parts),
            own: Own {
                own,
                handler: Handler(Arc::clone(&self.parts)),
            },
        }
    }

    /// What is held of one method, whatever its types.
    pub(crate) fn state(
        &self,
        meta: &'static MethodMeta,
        overrides: Overrides,
    ) -> Arc<MethodState> {
        let state = MethodState::of_server(meta, overrides, self.binding.clone());
        if let Some(store) = &self.store {
            state.admission.share(store);
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
    /// The same behind a limit for each value of an argument.
    pub(crate) fn counted(self) -> ServerEndpoint<ArgumentLimit<E>> {
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

/// A call of an endpoint that does nothing before it is polled, which is where
/// a panic is caught: a method written as `fn .. -> impl Future` may do
/// something before it returns that.
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

/// A method behind the middleware of its server and of its impl.
///
/// Each layer holds the next, so that a call is one expression that borrows
/// from it, with no future of its own.
#[doc(hidden)]
pub struct Layers<S, L, W> {
    parts: Arc<Parts<S, L>>,
    own: Own<S, L, W>,
}

/// A method behind the middleware of its impl.
struct Own<S, L, W> {
    own: W,
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
        self.parts.layer.call(cx, request, &self.own)
    }
}

impl<M, S, L, W> Endpoint<M> for Own<S, L, W>
where
    M: Dispatch<S>,
    S: Send + Sync,
    L: Send + Sync,
    W: Middleware<M>,
{
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        self.own.call(cx, request, &self.handler)
    }
}

/// The user's method as the innermost endpoint.
struct Handler<S, L>(Arc<Parts<S, L>>);

impl<M: Dispatch<S>, S: Send + Sync, L: Send + Sync> Endpoint<M> for Handler<S, L> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        // The ambient context is the one that the handler would be handed,
        // with what middleware before it changed.
        cx.scope(M::run(&self.0.service, cx, request))
    }
}
