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
use std::sync::Arc;

use crate::model::attempt::{Attempt, CallClock, Stage};
use crate::model::context::Context;
use crate::model::endpoint::{Chain, Endpoint};
use crate::model::method::{Method, Outcome};
use crate::model::side::Side;
use crate::pipeline::admission::Admission;
use crate::pipeline::binding::ConfigBinding;
use crate::pipeline::driver::ClientDriver;
use crate::pipeline::method_state::MethodState;
use crate::pipeline::plan::{Course, Plan, PlanCores};
use crate::policy::rate_limit::SharedStore;
use crate::service::{Contract, Dispatch};

/// A client of the contract `T` over the channel `C`.
///
/// It is cheap to clone, and clones share the channel. Calls inherit
/// [`Context::current`]: deadline, cancellation, outgoing metadata.
pub struct Client<T, C> {
    channel: C,
    pub(crate) methods: Arc<[ClientMethod]>,
    pub(crate) binding: ConfigBinding,
    pub(crate) store: Option<Arc<dyn SharedStore>>,
    contract: PhantomData<fn() -> T>,
}

/// What a client holds of each method.
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
    /// A client over a channel: a [`Channel`](crate::transport::Channel), a
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

    /// Counts the rate limits that have a `store` other than `local` and
    /// `at = client` in this store, also for the clones that there are. The first store that is
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
            binding: self.binding,
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

pub(crate) fn client_methods(
    methods: &'static [crate::model::descriptor::MethodDescriptor],
) -> Arc<[ClientMethod]> {
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

/// Counts shared rate limits in a store, where there is one.
pub(crate) fn share(methods: &[ClientMethod], store: Option<&Arc<dyn SharedStore>>) {
    let Some(store) = store else {
        return;
    };
    for method in methods {
        method.state.admission.share(store);
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
        let driver = ClientDriver::new(&self.methods[index].state, Stage::Call);
        self.channel.__drive(driver, cx, request)
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

/// A call that is made by a plan.
struct Planned<'a, M: Method, P, C> {
    attempts: Attempts<'a, C>,
    request: M::Request,
    plan: PhantomData<fn() -> P>,
}

impl<M: Method, P: Plan<M>, C: Endpoint<M>> Attempt for Planned<'_, M, P, C> {
    type Value = M::Response;
    type Error = M::Error;

    async fn attempt<T: CallClock>(self, cx: &Context, timer: &mut T) -> Outcome<M> {
        let course = Course {
            cores: &self.attempts.method.plan,
            came: timer.arrived().into_std(),
            next: &self.attempts,
        };
        P::run_in_time(course, cx, self.request).await
    }
}

/// A channel with the policies before it that look at every attempt.
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
