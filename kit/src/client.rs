//! A client of a contract: what every `AddClient` is.
//!
//! `#[kit::service]` implements the trait for [`Client`] of its contract, so
//! that code written against the trait runs against a service in this process
//! or on another continent. What stands before the channel:
//!
//! ```text
//! metrics → deadline → .layer(..) → the channel
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tokio::time::Instant;

use crate::context::Context;
use crate::descriptor::MethodMeta;
use crate::endpoint::{Chain, Endpoint};
use crate::method::{Method, Outcome};
use crate::metrics::{MethodMetrics, Side};
use crate::policy::plan::{Plan, PlanCores};
use crate::policy::{SidePolicies, within};
use crate::service::{Attempt, Contract, Dispatch, Timer};
use crate::service_error::ServiceError;
use crate::status::Status;

/// A client of the contract `T` over the channel `C`.
///
/// It is cheap to clone, and clones share the channel. Calls inherit
/// [`Context::current`]: deadline, cancellation, outgoing metadata.
pub struct Client<T, C> {
    channel: C,
    methods: Arc<[ClientState]>,
    contract: PhantomData<fn() -> T>,
}

/// What a client holds per method.
#[doc(hidden)]
pub struct ClientState {
    meta: &'static MethodMeta,
    policies: SidePolicies,
    plan: PlanCores,
    metrics: MethodMetrics,
}

impl<T, C: Clone> Clone for Client<T, C> {
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
            methods: Arc::clone(&self.methods),
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
    /// A client over a channel: a [`Channel`](crate::Channel), a
    /// [`Local`], or any type that is an [`Endpoint`] of every method.
    pub fn new(channel: C) -> Self {
        Self {
            channel,
            methods: client_states(T::DESCRIPTOR.methods),
            contract: PhantomData,
        }
    }

    /// Puts a middleware before every method. The last one added is the
    /// outermost.
    #[must_use]
    pub fn layer<W>(self, middleware: W) -> Client<T, Chain<W, C>> {
        Client {
            channel: Chain::new(middleware, self.channel),
            methods: self.methods,
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
impl<T: Contract> Client<T, crate::Channel> {
    /// A client of a service at a URL; its scheme names the transport
    /// (`http://` for HTTP/JSON, `grpc://` for gRPC).
    ///
    /// # Errors
    /// The URL can't be read, or the peer can't be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, Status> {
        crate::Channel::connect(url).await.map(Self::new)
    }
}

fn client_states(methods: &'static [crate::descriptor::MethodDescriptor]) -> Arc<[ClientState]> {
    methods
        .iter()
        .map(|method| ClientState {
            meta: method.meta,
            policies: method.meta.policies.client,
            plan: PlanCores::new(&method.meta.policies.client, method.meta.name),
            metrics: MethodMetrics::bind(Side::Client, method.meta),
        })
        .collect()
}

impl ClientState {
    /// Makes a call under the policies of the method.
    pub(crate) async fn drive<A: Attempt>(
        &self,
        cx: Option<&Context>,
        call: A,
    ) -> Result<A::Value, A::Error> {
        let now = Instant::now();
        let mut timer = Timer::new(&self.metrics, now);
        timer.begin();
        let ambient;
        let cx = match cx {
            Some(cx) => cx,
            None => {
                ambient = Context::current();
                &ambient
            }
        };
        let outcome = match self.policies.enter(cx, now) {
            Ok(entered) => {
                let cx = entered.as_ref().unwrap_or(cx);
                match within(cx.deadline(), call.attempt(cx, &mut timer)).await {
                    Ok(outcome) => outcome,
                    Err(_) => Err(A::Error::from_status(self.elapsed())),
                }
            }
            Err(refusal) => Err(A::Error::from_status(refusal)),
        };
        timer.finish_with(&outcome);
        outcome
    }

    #[cold]
    fn elapsed(&self) -> Status {
        Status::deadline_exceeded(format!(
            "no response from method `{}` before the deadline",
            self.meta.name
        ))
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
        self.channel.__drive(&self.methods[index], cx, request)
    }

    /// The same where the client keeps the call while it makes it: the
    /// [`plan`](crate::policy::plan) `P` stands before the channel.
    #[doc(hidden)]
    pub async fn __call_with<M, P>(
        &self,
        index: usize,
        cx: Option<&Context>,
        request: M::Request,
    ) -> Outcome<M>
    where
        M: Method,
        P: Plan<M>,
        C: Endpoint<M>,
    {
        let planned = Planned::<P, C> {
            cores: &self.methods[index].plan,
            channel: &self.channel,
            plan: PhantomData,
        };
        planned.__drive(&self.methods[index], cx, request).await
    }
}

/// A channel with a plan before it.
struct Planned<'a, P, C> {
    cores: &'a PlanCores,
    channel: &'a C,
    plan: PhantomData<fn() -> P>,
}

impl<M: Method, P: Plan<M>, C: Endpoint<M>> Endpoint<M> for Planned<'_, P, C> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        P::run(self.cores, cx, request, self.channel)
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
