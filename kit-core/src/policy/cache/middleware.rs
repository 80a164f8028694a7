//! Applies the cache to a call of a method, or to any function.
//!
//! This part knows the types, and is compiled for each method with a cache. So
//! it is small: it hashes the request, clones responses, and makes the call.

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
        let arrived = self.store.clock.now();
        let call = |request| next.call(cx, request);
        answer(Some(&self.store), Some(cx), arrived, request, call)
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Returns the response for a key: from memory, or from a function that is
    /// called if there is none.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use std::time::Duration;
    /// use kit::Status;
    /// use kit::policy::cache::{Cache, CacheConfig};
    ///
    /// let cache = Cache::new(CacheConfig::new(Duration::from_secs(1)));
    /// let first = cache.run(7, || async { Ok::<_, Status>("seven") }).await;
    /// let second = cache.run(7, || async { Err(Status::unavailable("not called")) }).await;
    /// assert_eq!((first.ok(), second.ok()), (Some("seven"), Some("seven")));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error of the function, which is not stored.
    pub async fn run<E, F, Fut>(&self, key: K, call: F) -> Result<V, E>
    where
        E: ServiceError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        let arrived = self.store.clock.now();
        answer(Some(&self.store), None, arrived, key, |_| call()).await
    }
}

/// Returns the response for a request of a call that arrived at the given
/// time: from memory if there is one, otherwise from the call. The metadata of
/// the context may bypass the cache.
pub(crate) async fn answer<K, V, E, Fut>(
    store: Option<&Store>,
    cx: Option<&Context>,
    arrived: Instant,
    request: K,
    call: impl FnOnce(K) -> Fut,
) -> Result<V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: ServiceError,
    Fut: Future<Output = Result<V, E>>,
{
    let miss = match find(store, cx, arrived, &request) {
        Break(value) => return Ok(value),
        Continue(miss) => miss,
    };
    let fetch = match resolve(begin(miss).await) {
        Break(outcome) => return outcome,
        Continue(fetch) => fetch,
    };
    complete(fetch, call(request).await)
}

/// Looks a request up. Breaks with the response if it is fresh; otherwise
/// continues with the miss, or `None` to bypass the cache.
#[inline]
fn find<'a, K, V>(
    store: Option<&'a Store>,
    cx: Option<&Context>,
    arrived: Instant,
    request: &K,
) -> ControlFlow<V, Option<Miss<'a>>>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let Some(store) = store.filter(|store| !bypasses(store, cx)) else {
        return Continue(None);
    };
    let request = Request::<K, V>::new(request);
    let key = Lookup::new(&store.hashes, &request);
    let found = store.get(&key, arrived);
    if let Found::Fresh(response) = &found
        && let Some(value) = value(response)
    {
        return Break(value);
    }
    Continue(Some(Miss::new(store, &key, found)))
}

/// Whether a call bypasses the cache, because of the metadata that it sends.
fn bypasses(store: &Store, cx: Option<&Context>) -> bool {
    let sends = cx.is_some_and(|cx| cx.outgoing().is_some());
    let bypasses = sends && !store.takes_any_metadata();
    if bypasses {
        store.counts.passed.fetch_add(1, Ordering::Relaxed);
    }
    bypasses
}

async fn begin(miss: Option<Miss<'_>>) -> FetchStart<'_> {
    match miss {
        Some(miss) => miss.begin().await,
        None => FetchStart::Fetch(Fetch::BYPASS),
    }
}

/// Breaks with the result of another call, or continues with a fetch.
fn resolve<V, E>(start: FetchStart<'_>) -> ControlFlow<Result<V, E>, Fetch<'_>>
where
    V: Clone + 'static,
    E: ServiceError,
{
    match start {
        FetchStart::Fetch(fetch) => Continue(fetch),
        FetchStart::Failed(status) => Break(Err(E::from_status(status))),
        FetchStart::Response(response) => match value(&response) {
            Some(value) => Break(Ok(value)),
            None => Continue(Fetch::BYPASS),
        },
    }
}

/// Returns the result of a fetch, after updating the cache.
fn complete<V, E>(fetch: Fetch<'_>, outcome: Result<V, E>) -> Result<V, E>
where
    V: Clone + Send + Sync + 'static,
    E: ServiceError,
{
    match outcome {
        Ok(value) => {
            if !fetch.is_bypass() {
                fetch.succeeded(Arc::new(value.clone()));
            }
            Ok(value)
        }
        Err(error) => {
            let (stale, error) = fetch.failed(error);
            stale.as_ref().and_then(value).ok_or(error)
        }
    }
}
