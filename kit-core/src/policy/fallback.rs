//! Answers in place of a failure.
//!
//! An old price, an empty list of recommendations: for some calls a poor
//! answer is better than none. It is given where the peer could not answer
//! (`unavailable`, `deadline_exceeded`, `resource_exhausted`) or a policy of
//! this process did not let it, and not for a domain error, which is an
//! answer. It stands outside all others, so that retries, hedges and breakers
//! have had their say, and the timeout of the method as well; what it answers
//! is seen by no breaker. No time limit is left for it: it should answer from
//! what is at hand.
//!
//! It may fail too, and then that is how the call ends: a fallback that cannot
//! help returns the error that it was given. The request is cloned for it,
//! before it is known whether it will be needed.
//!
//! ```
//! # use kit::{Context, Endpoint, EndpointFn, Method, MethodMeta, Status};
//! # struct Price;
//! # impl Method for Price {
//! #     type Request = String; type Response = u32; type Error = Status;
//! #     const META: &'static MethodMeta = &MethodMeta::new("Shop", "price", "Price");
//! # }
//! use kit::policy::fallback::Fallback;
//!
//! let down = || EndpointFn::new(|_: Context, _: String| async { Err(Status::unavailable("down")) });
//!
//! // A function, which knows what was asked and what went wrong:
//! let by_name = Fallback::new(|_: Context, item: String, error: Status| async move {
//!     if item == "tea" { Ok(3) } else { Err(error) }
//! });
//! // Or a value:
//! let always = Fallback::value(0);
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let cx = Context::new();
//! let endpoint = kit::Chain::new(by_name, down());
//! assert_eq!(Endpoint::<Price>::call(&endpoint, &cx, "tea".into()).await.ok(), Some(3));
//! assert_eq!(Endpoint::<Price>::call(&endpoint, &cx, "milk".into()).await.ok(), None);
//! let endpoint = kit::Chain::new(always, down());
//! assert_eq!(Endpoint::<Price>::call(&endpoint, &cx, "milk".into()).await.ok(), Some(0));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::model::code::Code;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::policies::CodeSet;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// The failures that are answered for where nothing else is said.
pub const CODES: CodeSet = CodeSet::of(&[
    Code::Unavailable,
    Code::DeadlineExceeded,
    Code::ResourceExhausted,
]);

/// Answers in place of a failure; see the [module](self).
///
/// `F` is a function of the context, the request and the error, or what
/// [`Fallback::value`] made of a value.
pub struct Fallback<F> {
    name: &'static str,
    answer: F,
    /// The bits of a [`CodeSet`].
    codes: AtomicU32,
    /// Made by the first failure, unless they are given: a fallback may be a
    /// constant.
    counts: OnceLock<Arc<FallbackCounts>>,
}

/// The counts of one fallback, or of all of a method: clients come and go, and
/// a counter must not fall when one goes.
#[derive(Debug, Default)]
pub(crate) struct FallbackCounts {
    asked: AtomicU64,
    failed: AtomicU64,
}

/// What fallbacks came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FallbackSnapshot {
    /// Failures that were answered for.
    pub asked: u64,
    /// Those whose answer was a failure too.
    pub failed: u64,
}

/// An answer that is the same for all; see [`Fallback::value`].
#[derive(Clone, Copy, Debug)]
pub struct Value<V>(V);

impl<F> Fallback<F> {
    /// A fallback that asks a function, `async fn(Context, Request, Error) ->
    /// Result<Response, Error>`.
    pub const fn new(answer: F) -> Self {
        Self {
            name: "",
            answer,
            codes: AtomicU32::new(CODES.bits()),
            counts: OnceLock::new(),
        }
    }

    /// The same with a name for its events.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same, counting here what others count too.
    #[must_use]
    pub(crate) fn counted(mut self, counts: Arc<FallbackCounts>) -> Self {
        self.counts = OnceLock::from(counts);
        self
    }

    /// The same for failures with these codes. What a policy of this process
    /// refused is answered for in any case.
    #[must_use]
    pub const fn on(mut self, codes: CodeSet) -> Self {
        self.codes = AtomicU32::new(codes.bits());
        self
    }

    /// The codes of the failures that it answers for.
    pub fn codes(&self) -> CodeSet {
        CodeSet::from_bits(self.codes.load(Ordering::Relaxed))
    }

    /// Answers for other failures from now on.
    pub fn configure(&self, codes: CodeSet) {
        self.codes.store(codes.bits(), Ordering::Relaxed);
    }

    /// How often it was asked.
    pub fn asked(&self) -> u64 {
        self.counts.get().map_or(0, |counts| counts.read().asked)
    }

    /// How often its own answer was a failure.
    pub fn failed(&self) -> u64 {
        self.counts.get().map_or(0, |counts| counts.read().failed)
    }

    /// The answer for a call: of `call`, or in its place.
    pub(crate) async fn answer<T, E, Fut>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        instead: impl FnOnce(&F, E) -> Fut,
    ) -> Result<T, E>
    where
        E: ServiceError,
        Fut: Future<Output = Result<T, E>>,
    {
        let error = match call.await {
            Err(error) if self.is_for(&error) => error,
            outcome => return outcome,
        };
        let counts = self.counts.get_or_init(Arc::default);
        counts.asked.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(
            target: "kit::policy",
            policy = "fallback",
            name = self.name,
            code = error.code().name(),
            "answering in place of a failure",
        );
        let outcome = instead(&self.answer, error).await;
        if outcome.is_err() {
            counts.failed.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    fn is_for<E: ServiceError>(&self, error: &E) -> bool {
        let refused = || error.status().and_then(Status::refusal).is_some();
        self.codes().contains(error.code()) || refused()
    }
}

impl FallbackCounts {
    pub(crate) fn read(&self) -> FallbackSnapshot {
        FallbackSnapshot {
            asked: self.asked.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

impl<V: Clone> Fallback<Value<V>> {
    /// A fallback that answers with a value.
    pub const fn value(value: V) -> Self {
        Self::new(Value(value))
    }
}

impl<F> Fallback<F> {
    /// Awaits a call, and asks the function with its error where that fails.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// use kit::Status;
    /// use kit::policy::fallback::Fallback;
    ///
    /// let fallback = Fallback::new(|_: Status| async { Ok(0) });
    /// let outcome = fallback.run(async { Err(Status::unavailable("down")) }).await;
    /// assert_eq!(outcome.ok(), Some(0));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the call that are not answered for, and those of the other
    /// function.
    pub async fn run<T, E, Fut>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        E: ServiceError,
        F: Fn(E) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.answer(call, |answer, error| answer(error)).await
    }
}

impl<M, F, Fut> Middleware<M> for Fallback<F>
where
    M: Method<Request: Clone>,
    F: Fn(Context, M::Request, M::Error) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome<M>> + Send,
{
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let call = next.call(cx, request.clone());
        self.answer(call, |answer, error| answer(cx.clone(), request, error))
            .await
    }
}

impl<M, V> Middleware<M> for Fallback<Value<V>>
where
    M: Method<Response = V>,
    V: Clone + Send + Sync,
{
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let call = next.call(cx, request);
        self.answer(call, |Value(value), _| {
            std::future::ready(Ok(value.clone()))
        })
        .await
    }
}

impl<F> fmt::Debug for Fallback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback")
            .field("codes", &self.codes())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use super::*;
    use crate::model::descriptor::MethodMeta;
    use crate::model::endpoint::{Chain, EndpointFn};
    use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
    use crate::telemetry::event_recorder::EventRecorder;

    struct Echo;

    impl Method for Echo {
        type Request = String;
        type Response = String;
        type Error = Status;
        const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
    }

    fn fails(status: Status) -> impl Endpoint<Echo> {
        EndpointFn::new(move |_: Context, _: String| std::future::ready(Err(status.clone())))
    }

    /// Whether a fallback answers for a failure.
    async fn answers(fallback: &impl Middleware<Echo>, status: Status) -> bool {
        let code = status.code();
        let endpoint = Chain::new(fallback, fails(status));
        match endpoint.call(&Context::new(), "asked".to_owned()).await {
            Ok(answer) => answer == "instead",
            Err(status) => {
                assert_eq!(status.code(), code);
                false
            }
        }
    }

    #[tokio::test]
    async fn it_answers_where_the_peer_could_not() {
        let fallback = Fallback::value("instead".to_owned());
        for code in Code::ALL {
            let expected = CODES.contains(code);
            assert_eq!(
                answers(&fallback, Status::new(code, "")).await,
                expected,
                "{code}"
            );
        }
        assert_eq!((fallback.asked(), fallback.failed()), (3, 0));
    }

    #[tokio::test]
    async fn it_answers_for_refusals_whatever_the_codes() {
        let only = CodeSet::of(&[Code::Internal]);
        let fallback = Fallback::value("instead".to_owned()).on(only);
        for policy in [PolicyKind::Breaker, PolicyKind::RateLimit] {
            let refused = Status::from(Refusal::new(policy, RefusalReason::Open));
            assert!(answers(&fallback, refused).await);
        }
        assert!(answers(&fallback, Status::internal("")).await);
        assert!(!answers(&fallback, Status::unavailable("")).await);
    }

    #[tokio::test]
    async fn a_function_gets_context_request_and_error() {
        let fallback = Fallback::new(|cx: Context, request: String, error: Status| async move {
            Ok(format!(
                "{request} {} {}",
                error.code(),
                cx.previous_attempts()
            ))
        });
        let endpoint = Chain::new(fallback, fails(Status::unavailable("")));
        let cx = Context::new().with_previous_attempts(2);
        let outcome = Endpoint::<Echo>::call(&endpoint, &cx, "asked".to_owned()).await;
        assert_eq!(outcome.ok().as_deref(), Some("asked unavailable 2"));
    }

    #[tokio::test]
    async fn a_fallback_that_fails_is_how_the_call_ends() {
        let fallback = Fallback::new(|_: Context, _: String, error: Status| async move {
            Err(Status::internal(format!("nor that: {error}")))
        });
        let endpoint = Chain::new(&fallback, fails(Status::unavailable("down")));
        let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), String::new()).await;
        let status = outcome.expect_err("both fail");
        assert_eq!(status.message(), "nor that: unavailable: down");
        assert_eq!((fallback.asked(), fallback.failed()), (1, 1));
    }

    #[tokio::test]
    async fn each_failure_that_is_answered_for_is_one_event() {
        let traced = EventRecorder::start();
        let fallback = Fallback::value("instead".to_owned()).named("test.Shop.price");
        assert!(answers(&fallback, Status::unavailable("down")).await);
        let told = "DEBUG policy=fallback name=test.Shop.price code=unavailable";
        assert_eq!(traced.take(), [told]);
        assert!(!answers(&fallback, Status::not_found("none")).await);
        assert_eq!(traced.take(), [""; 0]);
    }

    #[tokio::test]
    async fn success_asks_nobody() {
        let fallback = Fallback::value("instead".to_owned());
        let echo = EndpointFn::new(|_: Context, request: String| async { Ok(request) });
        let endpoint = Chain::new(&fallback, echo);
        let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), "asked".to_owned()).await;
        assert_eq!(outcome.ok().as_deref(), Some("asked"));
        assert_eq!(fallback.asked(), 0);
    }
}
