//! A client of a contract: every `AddClient` is a [`Client`].
//!
//! `#[kit::service]` implements the trait for the [`Client`] of its contract, so
//! code written against the trait runs with a local service or a remote one. A
//! call passes, before the channel:
//!
//! ```text
//! metrics → deadline → policies → .layer(..) → the channel
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::model::attempt::{Attempt, CallClock, Stage};
use crate::model::context::Context;
use crate::model::descriptor::MethodDescriptor;
use crate::model::endpoint::{Chain, Endpoint};
use crate::model::method::{Method, Outcome};
use crate::model::side::Side;
use crate::pipeline::admission::Admission;
use crate::pipeline::binding::ConfigBinding;
use crate::pipeline::driver::ClientDriver;
use crate::pipeline::method_state::MethodState;
use crate::pipeline::plan::{Plan, PlanCores, PlanParts};
use crate::policy::rate_limit::SharedStore;
use crate::service::{Contract, Dispatch};

/// A client of the contract `T` over the channel `C`.
///
/// Cheap to clone; clones share the channel and the policies. Calls inherit
/// deadline, cancellation and outgoing metadata from [`Context::current`].
pub struct Client<T, C> {
    channel: C,
    pub(crate) methods: Arc<[ClientMethod]>,
    pub(crate) binding: ConfigBinding,
    pub(crate) store: Option<Arc<dyn SharedStore>>,
    contract: PhantomData<fn() -> T>,
}

/// The policies and metrics of one method of a client.
pub(crate) struct ClientMethod {
    pub(crate) state: MethodState,
    pub(crate) plan: Arc<PlanCores>,
}

impl<T, C: Clone> Clone for Client<T, C> {
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
            methods: Arc::clone(&self.methods),
            binding: self.binding.clone(),
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
    /// Creates a client over a channel: a [`Channel`](crate::transport::Channel), a
    /// [`Local`], or any type that is an [`Endpoint`] of every method.
    pub fn new(channel: C) -> Self {
        Self {
            channel,
            methods: client_methods(T::DESCRIPTOR.methods),
            binding: ConfigBinding::default(),
            store: None,
            contract: PhantomData,
        }
    }

    /// Sets the store of the rate limits with `at = client` and a `store` other
    /// than `local`, also for existing clones. The first store is kept; without
    /// one, here or in a configuration, each call of such a method is refused.
    #[must_use]
    pub fn rate_limit_store(mut self, store: impl SharedStore) -> Self {
        self.store.get_or_insert_with(|| Arc::new(store));
        set_store(&self.methods, self.store.as_ref());
        self
    }

    /// Wraps every method in a middleware. The last one added is the outermost.
    #[must_use]
    pub fn layer<W>(self, middleware: W) -> Client<T, Chain<W, C>> {
        Client {
            channel: Chain::new(middleware, self.channel),
            methods: self.methods,
            binding: self.binding,
            store: self.store,
            contract: PhantomData,
        }
    }
}

impl<T: Contract, S> Client<T, Local<S>> {
    /// Creates a client of a service in this process. Calls use no codec and
    /// allocate nothing.
    pub fn local(service: S) -> Self {
        Self::new(Local::new(service))
    }
}

/// Creates the policies and metrics of all methods of a client.
pub(crate) fn client_methods(methods: &'static [MethodDescriptor]) -> Arc<[ClientMethod]> {
    methods
        .iter()
        .map(|method| {
            let (meta, policies) = (method.meta, &method.meta.policies.client);
            let admission = Admission::of(Side::Client, meta, policies);
            ClientMethod {
                plan: PlanCores::of(policies, meta.name, Arc::clone(&admission)),
                state: MethodState::of_client(meta, admission),
            }
        })
        .collect()
}

/// Sets the store of shared rate limits, if there is one.
pub(crate) fn set_store(methods: &[ClientMethod], store: Option<&Arc<dyn SharedStore>>) {
    let Some(store) = store else {
        return;
    };
    for method in methods {
        method.state.admission.set_store(store);
    }
}

impl<T: Contract, C> Client<T, C> {
    /// Makes a call; generated code passes the index of the method in the contract,
    /// and the context if the method takes one.
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
        let driver = ClientDriver::new(&self.methods[index].state, Stage::Call);
        self.channel.__drive(driver, cx, request)
    }

    /// Makes a call under the [plan](crate::pipeline::plan) `P`, which runs between
    /// the policies of the whole call and those of each attempt.
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
        let method = &self.methods[index];
        let planned = Planned::<M, P, C> {
            attempts: Attempts {
                method,
                channel: &self.channel,
            },
            request,
            plan: PhantomData,
        };
        ClientDriver::new(&method.state, Stage::Plan).drive(cx, planned)
    }
}

/// A call under a plan.
struct Planned<'a, M: Method, P, C> {
    attempts: Attempts<'a, C>,
    request: M::Request,
    plan: PhantomData<fn() -> P>,
}

impl<M: Method, P: Plan<M>, C: Endpoint<M>> Attempt for Planned<'_, M, P, C> {
    type Value = M::Response;
    type Error = M::Error;

    async fn attempt<T: CallClock>(self, cx: &Context, timer: &mut T) -> Outcome<M> {
        let parts = PlanParts {
            cores: &self.attempts.method.plan,
            arrived: timer.arrived().into_std(),
            next: &self.attempts,
        };
        P::run_in_time(parts, cx, self.request).await
    }
}

/// A channel wrapped in the policies of each attempt.
struct Attempts<'a, C> {
    method: &'a ClientMethod,
    channel: &'a C,
}

impl<M: Method, C: Endpoint<M>> Endpoint<M> for Attempts<'_, C> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        let driver = ClientDriver::new(&self.method.state, Stage::Attempt);
        self.channel.__drive(driver, Some(cx), request)
    }
}

/// A channel to a service in this process, without codec or allocation.
#[derive(Debug)]
pub struct Local<S>(Arc<S>);

impl<S> Clone for Local<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Local<S> {
    /// Creates a channel to `service`.
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
