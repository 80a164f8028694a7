//! Plans: the policies of a client that need the request itself.
//!
//! Most policies only see that a call begins and how it completes. Four need
//! the request: retry and hedge send it again, a cache looks the response up by
//! it, a fallback receives it. That requires `Clone` or `Hash`, which must not
//! be required of methods without those policies. So generated code names a
//! plan for each method, and the plan has the bounds:
//!
//! ```text
//! self.__call::<add::Sum>(0, cx, request)                                               none of them
//! self.__call_with::<add::Sum, Retried>(0, cx, request)                                 retry
//! self.__call_with::<add::Sum, Cached<Once>>(0, cx, request)                            cache
//! self.__call_with::<add::Sum, FallbackTo<Cached<RetriedAndHedged>>>(0, cx, request)    all
//! ```
//!
//! Retry, hedge and their combination are separate plans, as each is compiled
//! for every method that has it.
//!
//! Inner plans run later. A fallback is outermost: it sees the final failure,
//! also when the deadline ends the call. A cached response is neither retried
//! nor hedged. Shedder and throttle see only calls that are sent, so a plan
//! passes [`Stage::Sending`](crate::model::attempt::Stage) between the cache and
//! the retries.

pub(crate) mod cores;
pub(crate) mod lazy_cache;
mod scoped_future;

use std::future::Future;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::pin::pin;
use std::time::Instant;

pub(crate) use self::cores::PlanCores;
use self::lazy_cache::LazyCache;
pub use self::scoped_future::ScopedFuture;
use super::admission::AdmittedCall;
use crate::model::context::Context;
use crate::model::endpoint::{Chain, Endpoint};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::policy::cache::answer;
use crate::policy::timeout::within;

/// The way a client makes a call of `M`: which policies run between its
/// deadline and its channel.
pub trait Plan<M: Method>: Send + Sync + 'static {
    /// Makes the call.
    fn run<E: Endpoint<M>>(
        parts: PlanParts<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send;

    /// Makes the call, until the deadline of the context.
    fn run_in_time<E: Endpoint<M>>(
        parts: PlanParts<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        async move {
            let outcome = {
                let call = pin!(Self::run(parts, cx, request));
                within(cx.deadline(), call).await
            };
            outcome.unwrap_or_else(|_| Err(parts.cores.late()))
        }
    }
}

/// The policies and the endpoint that a plan makes a call with.
#[derive(Debug)]
pub struct PlanParts<'a, E> {
    /// The policies of the method.
    pub(crate) cores: &'a PlanCores,
    /// When the call arrived.
    pub(crate) arrived: Instant,
    /// The endpoint that sends the request.
    pub(crate) next: &'a E,
}

impl<E> Clone for PlanParts<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for PlanParts<'_, E> {}

impl<'a, E> PlanParts<'a, E> {
    /// Admits the call to [`Stage::Sending`](crate::model::attempt::Stage).
    fn admit<M: Method>(&self, cx: &Context) -> Result<AdmittedCall<'a>, M::Error> {
        let mut admitted = AdmittedCall::new();
        match self.cores.admit_sending(self.arrived, cx, &mut admitted) {
            Ok(()) => Ok(admitted),
            Err(refusal) => Err(M::Error::from_status(refusal)),
        }
    }
}

/// The plan without retry and hedge: sends the request once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Once;

/// The plan with retry: may send clones of the request after a failure.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retried;

/// The plan with hedge: may send a second request while the first is slow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hedged;

/// The plan with retry and hedge. A hedge duplicates one attempt, so it runs
/// inside the retry.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetriedAndHedged;

/// The plan with a cache: returns a cached response, or runs `P`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cached<P>(PhantomData<fn() -> P>);

/// The plan with a fallback: replaces a failure of `P` by the method's
/// [`FallsBack`] implementation.
#[derive(Clone, Copy, Debug, Default)]
pub struct FallbackTo<P>(PhantomData<fn() -> P>);

/// A method with `#[fallback(path)]`; its marker implements this.
pub trait FallsBack: Method {
    /// Returns the outcome to use in place of a failure.
    fn fall_back(
        cx: &Context,
        request: Self::Request,
        error: Self::Error,
    ) -> impl Future<Output = Outcome<Self>> + Send;
}

/// Implements a plan that sends the request: admits the call to the sending
/// stage, runs the expression, records the outcome.
macro_rules! sends {
    ($plan:ident where $method:path, |$parts:ident, $cx:ident, $request:ident| $sent:expr) => {
        impl<M: $method> Plan<M> for $plan {
            async fn run<E: Endpoint<M>>(
                $parts: PlanParts<'_, E>,
                $cx: &Context,
                $request: M::Request,
            ) -> Outcome<M> {
                let mut admitted = $parts.admit::<M>($cx)?;
                let outcome = $sent;
                admitted.record(&outcome);
                outcome
            }
        }
    };
}

sends!(Once where Method, |parts, cx, request| {
    parts.next.call(cx, request).await
});

sends!(Retried where Method<Request: Clone>, |parts, cx, request| {
    let PlanParts { cores, arrived, next } = parts;
    match cores.retry.get() {
        Some(retry) => retry.call_at(arrived, cx, request, next).await,
        None => next.call(cx, request).await,
    }
});

sends!(Hedged where Method<Request: Clone>, |parts, cx, request| {
    let PlanParts { cores, arrived, next } = parts;
    match cores.hedge.get() {
        Some(hedge) => hedge.call_at(arrived, cx, request, next).await,
        None => next.call(cx, request).await,
    }
});

sends!(RetriedAndHedged where Method<Request: Clone>, |parts, cx, request| {
    let PlanParts { cores, arrived, next } = parts;
    match (cores.retry.get(), cores.hedge.get()) {
        (None, None) => next.call(cx, request).await,
        (Some(retry), None) => retry.call_at(arrived, cx, request, next).await,
        (None, Some(hedge)) => hedge.call_at(arrived, cx, request, next).await,
        (Some(retry), Some(hedge)) => {
            let hedged = Chain::new(hedge, next);
            retry.call_at(arrived, cx, request, &hedged).await
        }
    }
});

impl<M, P> Plan<M> for Cached<P>
where
    M: Method<Request: Hash + Eq + Clone + Sync, Response: Clone + Sync>,
    P: Plan<M>,
{
    fn run<E: Endpoint<M>>(
        parts: PlanParts<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        let store = parts.cores.cache.get().map(LazyCache::store);
        let call = move |request| {
            // Read the clock again: the call may have waited for an identical one.
            let arrived = tokio::time::Instant::now().into_std();
            P::run(PlanParts { arrived, ..parts }, cx, request)
        };
        answer(store, Some(cx), parts.arrived, request, call)
    }
}

impl<M: FallsBack<Request: Clone>, P: Plan<M>> Plan<M> for FallbackTo<P> {
    fn run<E: Endpoint<M>>(
        parts: PlanParts<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        Self::run_in_time(parts, cx, request)
    }

    async fn run_in_time<E: Endpoint<M>>(
        parts: PlanParts<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> Outcome<M> {
        let Some(fallback) = parts.cores.fallback.get() else {
            return P::run_in_time(parts, cx, request).await;
        };
        let call = P::run_in_time(parts, cx, request.clone());
        let fall_back = |(): &(), error| M::fall_back(cx, request, error);
        fallback.answer(call, fall_back).await
    }
}

/// Hashes an argument; generated code calls it for rate limit keys.
pub fn hash_argument<T: Hash + ?Sized>(argument: &T, mut hasher: &mut dyn Hasher) {
    argument.hash(&mut hasher);
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::collections::hash_map::DefaultHasher;
    use std::time::Duration;

    use super::*;
    use crate::model::code::Code;
    use crate::model::descriptor::MethodMeta;
    use crate::model::policies::SidePolicies;
    use crate::model::policies::hedge::HedgeConfig;
    use crate::model::policies::retry::RetryConfig;
    use crate::model::side::Side;
    use crate::pipeline::admission::Admission;
    use crate::policy::retry::Failed;
    use crate::telemetry::event_recorder::EventRecorder;

    #[test]
    fn events_name_the_service_and_the_method() {
        const META: &MethodMeta = &MethodMeta::new("test.Named", "call", "Call");
        let events = EventRecorder::start();
        let retry = RetryConfig::new().backoff(Duration::ZERO, Duration::ZERO);
        let policies = SidePolicies::NONE.retry(retry).hedge(HedgeConfig::new());
        let admission = Admission::of(Side::Client, META, &policies);
        let cores = PlanCores::of(&policies, META.name, admission);
        let now = Instant::now();
        let retry = cores.retry.get().expect("the policy is declared");
        let failed = Failed::new(Code::Unavailable);
        let wait = retry.begin(now).after(failed, now, None, 0);
        assert_eq!(wait, Some(Duration::ZERO));
        let hedge = cores.hedge.get().expect("the policy is declared");
        assert!(hedge.begin(now).fire(now));
        let expected = [
            "DEBUG policy=retry name=test.Named.call attempt=1 code=unavailable wait_ms=0.0",
            "DEBUG policy=hedge name=test.Named.call",
        ];
        assert_eq!(events.take(), expected);
    }

    #[test]
    fn hash_argument_writes_the_same_as_hash() {
        let mut by_itself = DefaultHasher::new();
        "tenant".hash(&mut by_itself);
        let mut as_key = DefaultHasher::new();
        hash_argument("tenant", &mut as_key);
        assert_eq!(as_key.finish(), by_itself.finish());
    }
}
