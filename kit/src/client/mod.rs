//! A client of a contract: what every `AddClient` is.
//!
//! `#[kit::service]` implements the trait for [`Client`] of its contract, so
//! that code written against the trait runs against a service in this process
//! or on another continent. What stands before the channel:
//!
//! ```text
//! metrics → deadline → policies → .layer(..) → the channel
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use tokio::time::Instant;

use crate::config::binding::Configured;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, Endpoint};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::side::Side;
#[cfg(feature = "transport")]
use crate::model::status::Status;
use crate::pipeline::admission::{Entered, Gate, Stage};
use crate::pipeline::attempt::{Attempt, Timer};
use crate::pipeline::plan::{Course, Plan, PlanCores};
use crate::policy::rate_limit::SharedStore;
use crate::policy::timeout::{late, within};
use crate::service::{Contract, Dispatch};
use crate::telemetry::metrics::MethodMetrics;

/// A client of the contract `T` over the channel `C`.
///
/// It is cheap to clone, and clones share the channel. Calls inherit
/// [`Context::current`]: deadline, cancellation, outgoing metadata.
pub struct Client<T, C> {
    channel: C,
    methods: Arc<[ClientState]>,
    configured: Configured,
    store: Option<Arc<dyn SharedStore>>,
    contract: PhantomData<fn() -> T>,
}

/// What a client holds per method.
pub(crate) struct ClientState {
    meta: &'static MethodMeta,
    gate: Arc<Gate>,
    plan: Arc<PlanCores>,
    metrics: MethodMetrics,
}

impl<T, C: Clone> Clone for Client<T, C> {
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
            methods: Arc::clone(&self.methods),
            configured: self.configured.clone(),
            store: self.store.clone(),
            contract: PhantomData,
        }
    }
}

impl<T: Contract, C> fmt::Debug for Client<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("service", &T::DESCRIPTOR.name)
            .finish_non_exhaustive()
    }
}

impl<T: Contract, C> Client<T, C> {
    /// A client over a channel: a [`Channel`](crate::transport::Channel), a
    /// [`Local`], or any type that is an [`Endpoint`] of every method.
    pub fn new(channel: C) -> Self {
        Self {
            channel,
            methods: client_states(T::DESCRIPTOR.methods),
            configured: Configured::default(),
            store: None,
            contract: PhantomData,
        }
    }

    /// The same with the values of a configuration, and with every change of
    /// them from now on. Its policies start anew; clones from now on share
    /// them.
    ///
    /// # Errors
    /// Something that the configuration says of this service is wrong.
    #[cfg(feature = "config")]
    pub fn configure(
        mut self,
        config: &crate::config::Config,
    ) -> Result<Self, crate::config::ConfigError> {
        let methods = client_states(T::DESCRIPTOR.methods);
        share(&methods, self.store.as_ref());
        let gates = methods
            .iter()
            .map(|state| Arc::clone(&state.gate))
            .collect();
        let plans = methods
            .iter()
            .map(|state| Arc::clone(&state.plan))
            .collect();
        self.configured = Configured::client(config, T::DESCRIPTOR, gates, plans)?;
        self.methods = methods;
        Ok(self)
    }

    /// Counts the rate limits that say `store = "redis"` and `at = client` in
    /// this store, also for the clones that there are. The first store that is
    /// given stays, and without one each call of such a method is refused.
    #[must_use]
    pub fn rate_limit_store(mut self, store: impl SharedStore) -> Self {
        self.store.get_or_insert_with(|| Arc::new(store));
        share(&self.methods, self.store.as_ref());
        self
    }

    /// Puts a middleware before every method. The last one added is the
    /// outermost.
    #[must_use]
    pub fn layer<W>(self, middleware: W) -> Client<T, Chain<W, C>> {
        Client {
            channel: Chain::new(middleware, self.channel),
            methods: self.methods,
            configured: self.configured,
            store: self.store,
            contract: PhantomData,
        }
    }
}

impl<T: Contract, S> Client<T, Local<S>> {
    /// A client of a service in this process. A call allocates nothing and
    /// goes through no codec.
    pub fn local(service: S) -> Self {
        Self::new(Local::new(service))
    }
}

#[cfg(feature = "transport")]
impl<T: Contract> Client<T, crate::transport::Channel> {
    /// A client of a service at a URL; its scheme names the transport
    /// (`http://` for HTTP/JSON, `grpc://` for gRPC).
    ///
    /// # Errors
    /// The URL can't be read, or the peer can't be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        crate::transport::Channel::connect(url).await.map(Self::new)
    }
}

fn client_states(
    methods: &'static [crate::model::descriptor::MethodDescriptor],
) -> Arc<[ClientState]> {
    methods
        .iter()
        .map(|method| {
            let (meta, policies) = (method.meta, &method.meta.policies.client);
            let gate = Gate::of(Side::Client, meta, policies);
            ClientState {
                meta,
                plan: PlanCores::of(policies, meta.name, Arc::clone(&gate)),
                gate,
                metrics: MethodMetrics::bind(Side::Client, meta),
            }
        })
        .collect()
}

/// Counts shared rate limits in a store, where there is one.
fn share(methods: &[ClientState], store: Option<&Arc<dyn SharedStore>>) {
    let Some(store) = store else {
        return;
    };
    for method in methods {
        method.gate.share(store);
    }
}

/// Drives a call, or one attempt of it, through a client's policies.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Driver<'a> {
    state: &'a ClientState,
    stage: Stage,
}

impl fmt::Debug for Driver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("method", &self.state.meta.name)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Driver<'_> {
    /// Makes a call under the policies of the method.
    pub(crate) async fn drive<A: Attempt>(
        self,
        cx: Option<&Context>,
        call: A,
    ) -> Result<A::Value, A::Error> {
        let Self { state, stage } = self;
        let now = Instant::now();
        let counted = (stage != Stage::Attempt).then_some(&state.metrics);
        let mut timer = Timer::new(counted, now);
        timer.begin();
        let ambient;
        let cx = match cx {
            Some(cx) => cx,
            None => {
                ambient = Context::current();
                &ambient
            }
        };
        let mut entered = Entered::not_yet();
        let admitted = match state.gate.enter(stage, cx, now, &mut entered) {
            Ok(None) => Ok(()),
            Ok(Some(waiting)) => state.gate.enter_after(waiting, cx, &mut entered).await,
            Err(refusal) => Err(refusal),
        };
        let mut ended = None;
        let outcome = match admitted {
            Ok(()) => {
                let cx = entered.cx.as_ref().unwrap_or(cx);
                let made = {
                    // Pinned where it is made: to move a future is to copy it.
                    let call = pin!(call.attempt(cx, &mut timer));
                    within(self.deadline(cx), call).await
                };
                let outcome = made.unwrap_or_else(|_| Err(self.late()));
                ended = entered.record(&outcome);
                outcome
            }
            Err(refusal) => Err(A::Error::from_status(refusal)),
        };
        timer.finish_with(&outcome, ended);
        outcome
    }

    /// An attempt ends with its call, whose deadline it has: one timer. A plan
    /// looks at it by itself, as a fallback may answer in its place.
    fn deadline(self, cx: &Context) -> Option<Instant> {
        match self.stage {
            Stage::Call => cx.deadline(),
            Stage::Plan | Stage::Sending | Stage::Attempt => None,
        }
    }

    #[cold]
    fn late<E: ServiceError>(self) -> E {
        E::from_status(late(self.state.meta.name))
    }
}

impl<T: Contract, C> Client<T, C> {
    /// Makes a call; generated code calls it with the method's place in the
    /// contract, and the context where the method takes one.
    #[doc(hidden)]
    pub fn __call<M>(
        &self,
        index: usize,
        cx: Option<&Context>,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send
    where
        M: Method,
        C: Endpoint<M>,
    {
        let state = &self.methods[index];
        let stage = Stage::Call;
        self.channel.__drive(Driver { state, stage }, cx, request)
    }

    /// The same where the client keeps the call while it makes it: the
    /// [plan](crate::pipeline::plan) `P` stands between what is asked once a
    /// call and what is asked once an attempt.
    #[doc(hidden)]
    pub fn __call_with<M, P>(
        &self,
        index: usize,
        cx: Option<&Context>,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send
    where
        M: Method,
        C: Endpoint<M>,
        P: Plan<M>,
    {
        let state = &self.methods[index];
        let stage = Stage::Plan;
        let planned = Planned::<M, P, C> {
            attempts: Attempts {
                state,
                channel: &self.channel,
            },
            request,
            plan: PhantomData,
        };
        Driver { state, stage }.drive(cx, planned)
    }
}

/// A call that is made by a plan.
struct Planned<'a, M: Method, P, C> {
    attempts: Attempts<'a, C>,
    request: M::Request,
    plan: PhantomData<fn() -> P>,
}

impl<M: Method, P: Plan<M>, C: Endpoint<M>> Attempt for Planned<'_, M, P, C> {
    type Value = M::Response;
    type Error = M::Error;

    async fn attempt(self, cx: &Context, timer: &mut Timer<'_>) -> Outcome<M> {
        let course = Course {
            cores: &self.attempts.state.plan,
            came: timer.came().into_std(),
            next: &self.attempts,
        };
        P::run_in_time(course, cx, self.request).await
    }
}

/// A channel with the policies before it that look at every attempt.
struct Attempts<'a, C> {
    state: &'a ClientState,
    channel: &'a C,
}

impl<M: Method, C: Endpoint<M>> Endpoint<M> for Attempts<'_, C> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        let (state, stage) = (self.state, Stage::Attempt);
        self.channel
            .__drive(Driver { state, stage }, Some(cx), request)
    }
}

/// A channel to a service in this process: no codec, no allocation.
#[derive(Debug)]
pub struct Local<S>(Arc<S>);

impl<S> Clone for Local<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Local<S> {
    /// A channel to `service`.
    pub fn new(service: S) -> Self {
        Self(Arc::new(service))
    }
}

impl<M: Dispatch<S>, S: Send + Sync> Endpoint<M> for Local<S> {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let cx = cx.for_local_call();
        cx.scope(M::run(&self.0, &cx, request)).await
    }
}
