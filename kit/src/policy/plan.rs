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
//! What stands inside is what happens later: a fallback has the last word, and
//! a reply from memory is neither retried nor hedged.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::OnceLock;

use super::cache::{Cache, CacheConfig};
use super::hedge::Hedge;
use super::retry::Retry;
use super::{SidePolicies, fallback};
use crate::context::Context;
use crate::endpoint::{Chain, Endpoint, Middleware as _};
use crate::method::{Method, Outcome};

/// How a client makes a call of `M`, between its deadline and its channel.
pub trait Plan<M: Method>: Send + Sync + 'static {
    /// Makes the call, through `next` where it is to be sent.
    fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send;
}

/// The policies that plans work with: one of these for each method of a
/// client.
#[derive(Debug)]
pub struct PlanCores {
    fallback: fallback::Fallback<()>,
    cache: Option<CacheOf>,
    retry: Option<Retry>,
    hedge: Option<Hedge>,
}

impl PlanCores {
    /// The cores of what a client's policies declare.
    pub(crate) fn new(policies: &SidePolicies, method: &'static str) -> Self {
        Self {
            fallback: fallback::Fallback::new(()).on(policies.fallback.unwrap_or(fallback::CODES)),
            cache: policies.cache.map(CacheOf::new),
            retry: policies
                .retry
                .map(|config| Retry::new(config).named(method)),
            hedge: policies
                .hedge
                .map(|config| Hedge::new(config).named(method)),
        }
    }
}

/// The cache of a method whose types are not known here: it is made by the
/// first call, which knows them.
struct CacheOf {
    config: CacheConfig,
    cache: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl CacheOf {
    fn new(config: CacheConfig) -> Self {
        Self {
            config,
            cache: OnceLock::new(),
        }
    }

    /// The cache; `None` where another method's is asked for.
    fn of<K, V>(&self) -> Option<&Cache<K, V>>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let make = || Box::new(Cache::<K, V>::new(self.config)) as Box<dyn Any + Send + Sync>;
        self.cache.get_or_init(make).downcast_ref()
    }
}

impl fmt::Debug for CacheOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CacheOf").field(&self.config).finish()
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
    fn run<E: Endpoint<M>>(
        _: &PlanCores,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        next.call(cx, request)
    }
}

impl<M: Method<Request: Clone>> Plan<M> for Replay {
    async fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        // A hedge stands beside one attempt, and so inside the retry.
        match (&cores.retry, &cores.hedge) {
            (None, None) => next.call(cx, request).await,
            (Some(retry), None) => retry.call(cx, request, next).await,
            (None, Some(hedge)) => hedge.call(cx, request, next).await,
            (Some(retry), Some(hedge)) => retry.call(cx, request, &Chain::new(hedge, next)).await,
        }
    }
}

impl<M, P> Plan<M> for Cached<P>
where
    M: Method<Request: Hash + Eq + Clone + Sync, Response: Clone + Sync>,
    P: Plan<M>,
{
    async fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let inner = Inner::<P, E> {
            cores,
            next,
            plan: PhantomData,
        };
        match cores.cache.as_ref().and_then(CacheOf::of) {
            Some(cache) => cache.call(cx, request, &inner).await,
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
        P::run(self.cores, cx, request, self.next)
    }
}

impl<M: FallsBack<Request: Clone>, P: Plan<M>> Plan<M> for FallbackTo<P> {
    async fn run<E: Endpoint<M>>(
        cores: &PlanCores,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let call = P::run(cores, cx, request.clone(), next);
        let instead = |(): &(), error| M::fall_back(cx, request, error);
        cores.fallback.answer(call, instead).await
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
