//! What a client keeps of a call while it makes it.
//!
//! Most policies ask before a call and are told after it, whatever it is
//! about. Three need the call itself: a retry or a hedge sends the request
//! again, a cache finds the reply by it, a fallback is handed it. What that
//! asks of the types, a clone, a hash, must not be asked of the methods that
//! don't have those policies; so generated code names a plan, and the plan has
//! the bounds:
//!
//! ```text
//! self.__call::<add::Sum>(0, cx, request)                                       none of them
//! self.__call_with::<add::Sum, Replay>(0, cx, request)                          retry, hedge
//! self.__call_with::<add::Sum, Cached<Once>>(0, cx, request)                    cache
//! self.__call_with::<add::Sum, FallbackTo<Cached<Replay>>>(0, cx, request)      all
//! ```
//!
//! What stands inside is what happens later: a fallback has the last word, also
//! where the deadline ends the call, and a reply from memory is neither retried
//! nor hedged. What looks at calls that are sent, a shedder and a throttle, so
//! stands between memory and retries: a plan asks the gate for it.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use pin_project_lite::pin_project;

use super::cache::{Cache, CacheConfig};
use super::fallback::Fallback;
use super::gate::{Entered, Gate, Slot, Stage};
use super::hedge::Hedge;
use super::retry::Retry;
use super::timeout::{Within, late, within};
use super::{InvalidPolicy, SidePolicies};
use crate::context::Context;
use crate::endpoint::{Chain, Endpoint};
use crate::method::{Method, Outcome};
use crate::service_error::ServiceError;
use crate::status::Status;

/// How a client makes a call of `M`, between its deadline and its channel.
pub trait Plan<M: Method>: Send + Sync + 'static {
    /// Makes the call, which came at that time, through `next` where it is to
    /// be sent.
    fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send;

    /// The same, until the deadline of the context.
    fn run_in_time<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        cores.in_time(cx, Self::run(cores, came, cx, request, next))
    }
}

/// The policies that plans work with: one of these for each method of a
/// client.
#[derive(Debug)]
pub struct PlanCores {
    method: &'static str,
    gate: Arc<Gate>,
    fallback: Slot<Fallback<()>>,
    cache: Slot<CacheOf>,
    retry: Slot<Retry>,
    hedge: Slot<Hedge>,
}

impl PlanCores {
    /// The cores of what a client's policies declare.
    ///
    /// # Panics
    /// A policy has values that it can't work with. Those of attributes have
    /// been checked by the compiler.
    pub(crate) fn new(policies: &SidePolicies, method: &'static str, gate: Arc<Gate>) -> Self {
        let cores = Self {
            method,
            gate,
            fallback: Slot::empty(),
            cache: Slot::empty(),
            retry: Slot::empty(),
            hedge: Slot::empty(),
        };
        if let Err(invalid) = cores.configure(policies) {
            panic!("{method}: {invalid}");
        }
        cores
    }

    /// Takes other values while calls go on, as a gate does.
    ///
    /// # Errors
    /// A policy can't work with its values. It has those that it had; those
    /// before it have the new ones, so check first.
    pub(crate) fn configure(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        self.fallback.set(
            policies.fallback,
            |codes| Fallback::new(()).on(codes),
            |fallback, codes| {
                fallback.configure(codes);
                Ok(())
            },
        )?;
        self.cache
            .set(policies.cache, CacheOf::new, CacheOf::configure)?;
        self.retry.set(
            policies.retry,
            |config| Retry::new(config).named(self.method),
            Retry::configure,
        )?;
        self.hedge.set(
            policies.hedge,
            |config| Hedge::new(config).named(self.method),
            Hedge::configure,
        )
    }
}

impl PlanCores {
    /// Asks what is asked once a call that is sent.
    ///
    /// # Errors
    /// The refusal.
    #[inline]
    fn enter<'a>(
        &'a self,
        came: Instant,
        cx: &Context,
        entered: &mut Entered<'a>,
    ) -> Result<(), Status> {
        // Neither of the two ever tells a call to wait.
        self.gate
            .enter(Stage::Sending, cx, came.into(), entered)
            .map(drop)
    }

    /// Awaits a call until the deadline of its context.
    fn in_time<T, E, F>(&self, cx: &Context, call: F) -> InTime<F>
    where
        E: ServiceError,
        F: Future<Output = Result<T, E>>,
    {
        InTime {
            call: within(cx.deadline(), call),
            method: self.method,
        }
    }
}

pin_project! {
    /// A call until its deadline. Not an `async fn`, which would have room for
    /// the call twice.
    struct InTime<F> {
        #[pin]
        call: Within<F>,
        method: &'static str,
    }
}

impl<T, E: ServiceError, F: Future<Output = Result<T, E>>> Future for InTime<F> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.call.poll(task) {
            Poll::Ready(Ok(outcome)) => Poll::Ready(outcome),
            Poll::Ready(Err(_)) => Poll::Ready(Err(E::from_status(late(this.method)))),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The cache of a method whose types are not known here: it is made by the
/// first call, which knows them.
struct CacheOf {
    config: Mutex<CacheConfig>,
    cache: OnceLock<Box<dyn AnyCache>>,
}

/// A cache of whatever it caches.
trait AnyCache: Any + Send + Sync {
    fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy>;
}

impl<K, V> AnyCache for Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        Cache::configure(self, config)
    }
}

impl CacheOf {
    fn new(config: CacheConfig) -> Self {
        Self {
            config: Mutex::new(config),
            cache: OnceLock::new(),
        }
    }

    /// The cache; `None` where another method's is asked for.
    fn of<K, V>(&self) -> Option<&Cache<K, V>>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let cache: &dyn Any = match self.cache.get() {
            Some(cache) => &**cache,
            None => {
                // Held until the cache is there, so that a change is either
                // seen here or given to it.
                let config = self.config();
                let make = || Box::new(Cache::<K, V>::new(*config)) as Box<dyn AnyCache>;
                &**self.cache.get_or_init(make)
            }
        };
        cache.downcast_ref()
    }

    fn configure(&self, new: CacheConfig) -> Result<(), InvalidPolicy> {
        let mut config = self.config();
        match self.cache.get() {
            Some(cache) => cache.configure(new)?,
            None => new.check()?,
        }
        *config = new;
        Ok(())
    }

    fn config(&self) -> MutexGuard<'_, CacheConfig> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CacheOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CacheOf").field(&*self.config()).finish()
    }
}

/// The request is sent once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Once;

/// The request may be sent more than once: each attempt is a clone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Replay;

/// The reply may come from memory; else from `P`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cached<P>(PhantomData<fn() -> P>);

/// A failure of `P` is answered by the method itself, which [`FallsBack`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FallbackTo<P>(PhantomData<fn() -> P>);

/// A method with `#[fallback(path)]`; its marker implements this.
pub trait FallsBack: Method {
    /// Answers in place of a failure.
    fn fall_back(
        cx: &Context,
        request: Self::Request,
        error: Self::Error,
    ) -> impl Future<Output = Outcome<Self>> + Send;
}

/// What callers of `M` are told apart by, where that is an argument: writes
/// the argument into a hasher.
pub type RateKey<M> = Option<fn(&<M as Method>::Request, &mut dyn Hasher)>;

impl<M: Method> Plan<M> for Once {
    async fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let mut entered = Entered::not_yet();
        if let Err(refusal) = cores.enter(came, cx, &mut entered) {
            return Err(M::Error::from_status(refusal));
        }
        let outcome = next.call(cx, request).await;
        entered.record(&outcome);
        outcome
    }
}

impl<M: Method<Request: Clone>> Plan<M> for Replay {
    async fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let mut entered = Entered::not_yet();
        if let Err(refusal) = cores.enter(came, cx, &mut entered) {
            return Err(M::Error::from_status(refusal));
        }
        // A hedge stands beside one attempt, and so inside the retry.
        let outcome = match (cores.retry.get(), cores.hedge.get()) {
            (None, None) => next.call(cx, request).await,
            (Some(retry), None) => retry.call_at(came, cx, request, next).await,
            (None, Some(hedge)) => hedge.call_at(came, cx, request, next).await,
            (Some(retry), Some(hedge)) => {
                let hedged = Chain::new(hedge, next);
                retry.call_at(came, cx, request, &hedged).await
            }
        };
        entered.record(&outcome);
        outcome
    }
}

impl<M, P> Plan<M> for Cached<P>
where
    M: Method<Request: Hash + Eq + Clone + Sync, Response: Clone + Sync>,
    P: Plan<M>,
{
    async fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let inner = Inner::<P, E> {
            cores,
            next,
            plan: PhantomData,
        };
        match cores.cache.get().and_then(CacheOf::of) {
            Some(cache) => cache.call_at(came, cx, request, &inner).await,
            None => inner.call(cx, request).await,
        }
    }
}

/// A plan and what stands after it, as one endpoint.
struct Inner<'a, P, E> {
    cores: &'a PlanCores,
    next: &'a E,
    plan: PhantomData<fn() -> P>,
}

impl<M: Method, P: Plan<M>, E: Endpoint<M>> Endpoint<M> for Inner<'_, P, E> {
    fn call(&self, cx: &Context, request: M::Request) -> impl Future<Output = Outcome<M>> + Send {
        // It may have waited for another's answer.
        let now = tokio::time::Instant::now().into_std();
        P::run(self.cores, now, cx, request, self.next)
    }
}

impl<M: FallsBack<Request: Clone>, P: Plan<M>> Plan<M> for FallbackTo<P> {
    fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        Self::run_in_time(cores, came, cx, request, next)
    }

    async fn run_in_time<E: Endpoint<M>>(
        cores: &PlanCores,
        came: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let Some(fallback) = cores.fallback.get() else {
            return P::run_in_time(cores, came, cx, request, next).await;
        };
        let call = P::run_in_time(cores, came, cx, request.clone(), next);
        let instead = |(): &(), error| M::fall_back(cx, request, error);
        fallback.answer(call, instead).await
    }
}

/// Writes an argument into a hasher.
pub fn hash_argument<T: Hash + ?Sized>(argument: &T, mut hasher: &mut dyn Hasher) {
    argument.hash(&mut hasher);
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::DefaultHasher;

    use super::*;

    #[test]
    fn an_argument_hashes_as_it_does_by_itself() {
        let mut by_itself = DefaultHasher::new();
        "tenant".hash(&mut by_itself);
        let mut as_key = DefaultHasher::new();
        hash_argument("tenant", &mut as_key);
        assert_eq!(as_key.finish(), by_itself.finish());
    }
}
