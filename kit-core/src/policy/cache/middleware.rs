//! The cache around a call: of a method, or of any function.
//!
//! This is the part that knows the types, and is compiled for each method that
//! has a cache. So it is small: it hashes the request, clones answers out, and
//! makes the call.

use std::future::Future;
use std::hash::Hash;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Cache;
use super::fetch::{Fetch, FetchStart, Miss};
use super::found::{Found, value};
use super::key::{Lookup, Request};
use super::store::Store;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;

impl<M, K, V> Middleware<M> for Cache<K, V>
where
    M: Method<Request = K, Response = V>,
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        let came = self.store.clock.now();
        let call = |request| next.call(cx, request);
        answer(Some(&self.store), Some(cx), came, request, call)
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The answer for a key: from memory, or of a function that is called
    /// where there is none.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use std::time::Duration;
    /// use kit::Status;
    /// use kit::policy::cache::{Cache, CacheConfig};
    ///
    /// let cache = Cache::new(CacheConfig::new(Duration::from_secs(1)));
    /// let first = cache.run(7, || async { Ok::<_, Status>("seven") }).await;
    /// let second = cache.run(7, || async { Err(Status::unavailable("not asked")) }).await;
    /// assert_eq!((first.ok(), second.ok()), (Some("seven"), Some("seven")));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the function, which are not kept.
    pub async fn run<E, F, Fut>(&self, key: K, call: F) -> Result<V, E>
    where
        E: ServiceError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        let came = self.store.clock.now();
        answer(Some(&self.store), None, came, key, |_| call()).await
    }
}

/// The answer for a request of a call that came at that time: from memory if
/// there is one, else of the call. What the context sends beside the request
/// may lead past the cache.
pub(crate) async fn answer<K, V, E, Fut>(
    store: Option<&Store>,
    cx: Option<&Context>,
    came: Instant,
    request: K,
    call: impl FnOnce(K) -> Fut,
) -> Result<V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: ServiceError,
    Fut: Future<Output = Result<V, E>>,
{
    let missed = match find(store, cx, came, &request) {
        Break(value) => return Ok(value),
        Continue(missed) => missed,
    };
    let asking = match begun(begin(missed).await) {
        Break(outcome) => return outcome,
        Continue(asking) => asking,
    };
    ended(asking, call(request).await)
}

/// The answer, if memory has it; else, unless the call goes past memory, what
/// it missed.
#[inline]
fn find<'a, K, V>(
    store: Option<&'a Store>,
    cx: Option<&Context>,
    came: Instant,
    request: &K,
) -> ControlFlow<V, Option<Miss<'a>>>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let Some(store) = store.filter(|store| !goes_past(store, cx)) else {
        return Continue(None);
    };
    let request = Request::<K, V>::new(request);
    let key = Lookup::new(&store.hashes, &request);
    let found = store.get(&key, came);
    if let Found::Fresh(answer) = &found
        && let Some(value) = value(answer)
    {
        return Break(value);
    }
    Continue(Some(Miss::new(store, &key, found)))
}

/// Whether a call has nothing to do with the cache, for what it sends beside
/// its request.
fn goes_past(store: &Store, cx: Option<&Context>) -> bool {
    let sends = cx.is_some_and(|cx| cx.outgoing().is_some());
    let goes = sends && !store.takes_any_metadata();
    if goes {
        store.counts.passed.fetch_add(1, Ordering::Relaxed);
    }
    goes
}

async fn begin(missed: Option<Miss<'_>>) -> FetchStart<'_> {
    match missed {
        Some(missed) => missed.begin().await,
        None => FetchStart::Asks(Fetch::PAST),
    }
}

/// What others' calls came to, or else that this one asks.
fn begun<V, E>(begun: FetchStart<'_>) -> ControlFlow<Result<V, E>, Fetch<'_>>
where
    V: Clone + 'static,
    E: ServiceError,
{
    match begun {
        FetchStart::Asks(asking) => Continue(asking),
        FetchStart::Failed(status) => Break(Err(E::from_status(status))),
        FetchStart::Answered(answer) => match value(&answer) {
            Some(value) => Break(Ok(value)),
            None => Continue(Fetch::PAST),
        },
    }
}

/// What a call came to that asked.
fn ended<V, E>(asking: Fetch<'_>, outcome: Result<V, E>) -> Result<V, E>
where
    V: Clone + Send + Sync + 'static,
    E: ServiceError,
{
    match outcome {
        Ok(value) => {
            if !asking.is_past() {
                asking.answered(Arc::new(value.clone()));
            }
            Ok(value)
        }
        Err(error) => {
            let (stale, error) = asking.failed(error);
            stale.as_ref().and_then(value).ok_or(error)
        }
    }
}
