//! Substitutes a response for a failure.
//!
//! For some calls a degraded response, such as an old price or an empty list
//! of recommendations, is better than none. The fallback runs if the peer
//! could not respond (`unavailable`, `deadline_exceeded`, `resource_exhausted`)
//! or a policy of this process refused the call. It does not run for a domain
//! error, which is a valid response. It is the outermost policy: retries,
//! hedges, breakers and the timeout of the method come first, and no breaker
//! sees its response. No time limit is left for it, so it should respond from
//! local data.
//!
//! A fallback may fail, and its error is then the result of the call; one that
//! has no substitute returns the error that it received. For a function the
//! request is cloned before each call, as it is not known yet whether the call
//! will fail.
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
//! // A function of the context, the request and the error:
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

/// The codes that a fallback handles by default.
pub const CODES: CodeSet = CodeSet::of(&[
    Code::Unavailable,
    Code::DeadlineExceeded,
    Code::ResourceExhausted,
]);

/// A policy that substitutes a response for a failure; see the
/// [module](self).
///
/// `F` is a function of the context, the request and the error, or the
/// [`Value`] that [`Fallback::value`] creates.
pub struct Fallback<F> {
    name: &'static str,
    substitute: F,
    /// The bits of a [`CodeSet`].
    codes: AtomicU32,
    /// Created by the first failure unless given; [`Fallback::new`] is `const`
    /// and can't allocate.
    counts: OnceLock<Arc<FallbackCounts>>,
}

/// The counters of one fallback, or of all fallbacks of a method: clients are
/// created and dropped, and a counter must not fall when one is dropped.
#[derive(Debug, Default)]
pub(crate) struct FallbackCounts {
    invoked: AtomicU64,
    failed: AtomicU64,
}

/// The counts of fallbacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FallbackSnapshot {
    /// Failures for which the fallback ran.
    pub invoked: u64,
    /// Runs of the fallback that failed too.
    pub failed: u64,
}

/// A constant response; see [`Fallback::value`].
#[derive(Clone, Copy, Debug)]
pub struct Value<V>(V);

impl<F> Fallback<F> {
    /// Creates a fallback that calls a function, `async fn(Context, Request,
    /// Error) -> Result<Response, Error>`.
    pub const fn new(substitute: F) -> Self {
        Self {
            name: "",
            substitute,
            codes: AtomicU32::new(CODES.bits()),
            counts: OnceLock::new(),
        }
    }

    /// Sets the name that events carry.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the counters, which other fallbacks may share.
    #[must_use]
    pub(crate) fn counted(mut self, counts: Arc<FallbackCounts>) -> Self {
        self.counts = OnceLock::from(counts);
        self
    }

    /// Sets the codes of the failures to handle. Refusals by policies of this
    /// process are handled in any case.
    #[must_use]
    pub const fn on(mut self, codes: CodeSet) -> Self {
        self.codes = AtomicU32::new(codes.bits());
        self
    }

    /// Returns the codes of the failures that the fallback handles.
    pub fn codes(&self) -> CodeSet {
        CodeSet::from_bits(self.codes.load(Ordering::Relaxed))
    }

    /// Replaces the codes of the failures to handle.
    pub fn configure(&self, codes: CodeSet) {
        self.codes.store(codes.bits(), Ordering::Relaxed);
    }

    /// Returns how often the fallback ran.
    pub fn invoked(&self) -> u64 {
        self.counts.get().map_or(0, |counts| counts.read().invoked)
    }

    /// Returns how often the fallback failed too.
    pub fn failed(&self) -> u64 {
        self.counts.get().map_or(0, |counts| counts.read().failed)
    }

    /// Runs `call`, and `substitute` if it fails with an error to handle.
    pub(crate) async fn answer<T, E, Fut>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        substitute: impl FnOnce(&F, E) -> Fut,
    ) -> Result<T, E>
    where
        E: ServiceError,
        Fut: Future<Output = Result<T, E>>,
    {
        let error = match call.await {
            Err(error) if self.handles(&error) => error,
            outcome => return outcome,
        };
        let counts = self.counts.get_or_init(Arc::default);
        counts.invoked.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(
            target: "kit::policy",
            policy = "fallback",
            name = self.name,
            code = error.code().name(),
            "substituting a fallback for a failure",
        );
        let outcome = substitute(&self.substitute, error).await;
        if outcome.is_err() {
            counts.failed.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    fn handles<E: ServiceError>(&self, error: &E) -> bool {
        let refused = || error.status().and_then(Status::refusal).is_some();
        self.codes().contains(error.code()) || refused()
    }
}

impl FallbackCounts {
    pub(crate) fn read(&self) -> FallbackSnapshot {
        FallbackSnapshot {
            invoked: self.invoked.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

impl<V: Clone> Fallback<Value<V>> {
    /// Creates a fallback that responds with a value.
    pub const fn value(value: V) -> Self {
        Self::new(Value(value))
    }
}

impl<F> Fallback<F> {
    /// Awaits a call, and calls the function with its error if it fails.
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
    /// An error of the call that the fallback does not handle, or the error of
    /// the function.
    pub async fn run<T, E, Fut>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        E: ServiceError,
        F: Fn(E) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.answer(call, |substitute, error| substitute(error))
            .await
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
        self.answer(call, |substitute, error| {
            substitute(cx.clone(), request, error)
        })
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

    /// Whether a fallback substitutes a response for a failure.
    async fn substitutes(fallback: &impl Middleware<Echo>, status: Status) -> bool {
        let code = status.code();
        let endpoint = Chain::new(fallback, fails(status));
        match endpoint.call(&Context::new(), "request".to_owned()).await {
            Ok(response) => response == "substitute",
            Err(status) => {
                assert_eq!(status.code(), code);
                false
            }
        }
    }

    #[tokio::test]
    async fn default_codes_are_handled() {
        let fallback = Fallback::value("substitute".to_owned());
        for code in Code::ALL {
            let expected = CODES.contains(code);
            assert_eq!(
                substitutes(&fallback, Status::new(code, "")).await,
                expected,
                "{code}"
            );
        }
        assert_eq!((fallback.invoked(), fallback.failed()), (3, 0));
    }

    #[tokio::test]
    async fn refusals_are_handled_whatever_the_codes() {
        let only = CodeSet::of(&[Code::Internal]);
        let fallback = Fallback::value("substitute".to_owned()).on(only);
        for policy in [PolicyKind::Breaker, PolicyKind::RateLimit] {
            let refused = Status::from(Refusal::new(policy, RefusalReason::Open));
            assert!(substitutes(&fallback, refused).await);
        }
        assert!(substitutes(&fallback, Status::internal("")).await);
        assert!(!substitutes(&fallback, Status::unavailable("")).await);
    }

    #[tokio::test]
    async fn function_receives_context_request_and_error() {
        let fallback = Fallback::new(|cx: Context, request: String, error: Status| async move {
            Ok(format!(
                "{request} {} {}",
                error.code(),
                cx.previous_attempts()
            ))
        });
        let endpoint = Chain::new(fallback, fails(Status::unavailable("")));
        let cx = Context::new().with_previous_attempts(2);
        let outcome = Endpoint::<Echo>::call(&endpoint, &cx, "request".to_owned()).await;
        assert_eq!(outcome.ok().as_deref(), Some("request unavailable 2"));
    }

    #[tokio::test]
    async fn error_of_the_fallback_is_the_result_of_the_call() {
        let fallback = Fallback::new(|_: Context, _: String, error: Status| async move {
            Err(Status::internal(format!("fallback failed: {error}")))
        });
        let endpoint = Chain::new(&fallback, fails(Status::unavailable("down")));
        let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), String::new()).await;
        let status = outcome.expect_err("both fail");
        assert_eq!(status.message(), "fallback failed: unavailable: down");
        assert_eq!((fallback.invoked(), fallback.failed()), (1, 1));
    }

    #[tokio::test]
    async fn each_handled_failure_is_one_event() {
        let events = EventRecorder::start();
        let fallback = Fallback::value("substitute".to_owned()).named("test.Shop.price");
        assert!(substitutes(&fallback, Status::unavailable("down")).await);
        let event = "DEBUG policy=fallback name=test.Shop.price code=unavailable";
        assert_eq!(events.take(), [event]);
        assert!(!substitutes(&fallback, Status::not_found("none")).await);
        assert_eq!(events.take(), [""; 0]);
    }

    #[tokio::test]
    async fn success_skips_the_fallback() {
        let fallback = Fallback::value("substitute".to_owned());
        let echo = EndpointFn::new(|_: Context, request: String| async { Ok(request) });
        let endpoint = Chain::new(&fallback, echo);
        let outcome =
            Endpoint::<Echo>::call(&endpoint, &Context::new(), "request".to_owned()).await;
        assert_eq!(outcome.ok().as_deref(), Some("request"));
        assert_eq!(fallback.invoked(), 0);
    }
}
