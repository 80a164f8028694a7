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
//! self.__call_with::<add::Sum, Retried>(0, cx, request)                         retry
//! self.__call_with::<add::Sum, Cached<Once>>(0, cx, request)                    cache
//! self.__call_with::<add::Sum, FallbackTo<Cached<Replayed>>>(0, cx, request)    all
//! ```
//!
//! There is a plan for each of retry and hedge, and one for both, as each is
//! compiled for every method that has it.
//!
//! What stands inside is what happens later: a fallback has the last word, also
//! where the deadline ends the call, and a reply from memory is neither retried
//! nor hedged. What looks at calls that are sent, a shedder and a throttle, so
//! stands between memory and retries: a plan asks the gate for it.

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
use super::admission::Entered;
use crate::model::context::Context;
use crate::model::endpoint::{Chain, Endpoint};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::policy::cache::answer;
use crate::policy::timeout::within;

/// How a client makes a call of `M`, between its deadline and its channel.
pub trait Plan<M: Method>: Send + Sync + 'static {
    /// Makes the call.
    fn run<E: Endpoint<M>>(
        course: Course<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send;

    /// The same, until the deadline of the context.
    fn run_in_time<E: Endpoint<M>>(
        course: Course<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        async move {
            let outcome = {
                let call = pin!(Self::run(course, cx, request));
                within(cx.deadline(), call).await
            };
            outcome.unwrap_or_else(|_| Err(course.cores.late()))
        }
    }
}

/// What a plan makes a call with.
#[derive(Debug)]
pub struct Course<'a, E> {
    /// The policies of the method.
    pub(crate) cores: &'a PlanCores,
    /// When the call came.
    pub(crate) came: Instant,
    /// Where it is sent.
    pub(crate) next: &'a E,
}

impl<E> Clone for Course<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Course<'_, E> {}

impl<'a, E> Course<'a, E> {
    /// Asks what is asked once a call that is sent.
    fn enter<M: Method>(&self, cx: &Context) -> Result<Entered<'a>, M::Error> {
        let mut entered = Entered::not_yet();
        match self.cores.enter(self.came, cx, &mut entered) {
            Ok(()) => Ok(entered),
            Err(refusal) => Err(M::Error::from_status(refusal)),
        }
    }
}

/// The request is sent once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Once;

/// The request may be sent again where it failed: each attempt is a clone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retried;

/// The request may be sent again beside a slow one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hedged;

/// Both: a hedge stands beside one attempt, and so inside the retry.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetriedAndHedged;

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

/// A plan that sends the request: between what is asked once a call that is
/// sent, and what is told how that ended.
macro_rules! sends {
    ($plan:ident where $method:path, |$course:ident, $cx:ident, $request:ident| $sent:expr) => {
        impl<M: $method> Plan<M> for $plan {
            async fn run<E: Endpoint<M>>(
                $course: Course<'_, E>,
                $cx: &Context,
                $request: M::Request,
            ) -> Outcome<M> {
                let mut entered = $course.enter::<M>($cx)?;
                let outcome = $sent;
                entered.record(&outcome);
                outcome
            }
        }
    };
}

sends!(Once where Method, |course, cx, request| {
    course.next.call(cx, request).await
});

sends!(Retried where Method<Request: Clone>, |course, cx, request| {
    let Course { cores, came, next } = course;
    match cores.retry.get() {
        Some(retry) => retry.call_at(came, cx, request, next).await,
        None => next.call(cx, request).await,
    }
});

sends!(Hedged where Method<Request: Clone>, |course, cx, request| {
    let Course { cores, came, next } = course;
    match cores.hedge.get() {
        Some(hedge) => hedge.call_at(came, cx, request, next).await,
        None => next.call(cx, request).await,
    }
});

sends!(RetriedAndHedged where Method<Request: Clone>, |course, cx, request| {
    let Course { cores, came, next } = course;
    match (cores.retry.get(), cores.hedge.get()) {
        (None, None) => next.call(cx, request).await,
        (Some(retry), None) => retry.call_at(came, cx, request, next).await,
        (None, Some(hedge)) => hedge.call_at(came, cx, request, next).await,
        (Some(retry), Some(hedge)) => {
            let hedged = Chain::new(hedge, next);
            retry.call_at(came, cx, request, &hedged).await
        }
    }
});

impl<M, P> Plan<M> for Cached<P>
where
    M: Method<Request: Hash + Eq + Clone + Sync, Response: Clone + Sync>,
    P: Plan<M>,
{
    fn run<E: Endpoint<M>>(
        course: Course<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        let store = course.cores.cache.get().map(LazyCache::store);
        let call = move |request| {
            // It may have waited for another's answer.
            let came = tokio::time::Instant::now().into_std();
            P::run(Course { came, ..course }, cx, request)
        };
        answer(store, Some(cx), course.came, request, call)
    }
}

impl<M: FallsBack<Request: Clone>, P: Plan<M>> Plan<M> for FallbackTo<P> {
    fn run<E: Endpoint<M>>(
        course: Course<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> impl Future<Output = Outcome<M>> + Send {
        Self::run_in_time(course, cx, request)
    }

    async fn run_in_time<E: Endpoint<M>>(
        course: Course<'_, E>,
        cx: &Context,
        request: M::Request,
    ) -> Outcome<M> {
        let Some(fallback) = course.cores.fallback.get() else {
            return P::run_in_time(course, cx, request).await;
        };
        let call = P::run_in_time(course, cx, request.clone());
        let instead = |(): &(), error| M::fall_back(cx, request, error);
        fallback.answer(call, instead).await
    }
}

/// Writes an argument into a hasher.
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
        let traced = EventRecorder::start();
        let retry = RetryConfig::new().backoff(Duration::ZERO, Duration::ZERO);
        let policies = SidePolicies::NONE.retry(retry).hedge(HedgeConfig::new());
        let admission = Admission::of(Side::Client, META, &policies);
        let cores = PlanCores::of(&policies, META.name, admission);
        let now = Instant::now();
        let retry = cores.retry.get().expect("it is declared");
        let failed = Failed::new(Code::Unavailable);
        let wait = retry.begin(now).after(failed, now, None, 0);
        assert_eq!(wait, Some(Duration::ZERO));
        let hedge = cores.hedge.get().expect("it is declared");
        assert!(hedge.begin(now).fire(now));
        let told = [
            "DEBUG policy=retry name=test.Named.call attempt=1 code=unavailable wait_ms=0.0",
            "DEBUG policy=hedge name=test.Named.call",
        ];
        assert_eq!(traced.take(), told);
    }

    #[test]
    fn an_argument_hashes_as_it_does_by_itself() {
        let mut by_itself = DefaultHasher::new();
        "tenant".hash(&mut by_itself);
        let mut as_key = DefaultHasher::new();
        hash_argument("tenant", &mut as_key);
        assert_eq!(as_key.finish(), by_itself.finish());
    }
}
