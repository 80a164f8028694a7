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

mod counts;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) use self::counts::FallbackCounts;
pub use self::counts::FallbackSnapshot;
use crate::model::code::Code;
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

impl<F> fmt::Debug for Fallback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback")
            .field("codes", &self.codes())
            .finish_non_exhaustive()
    }
}
