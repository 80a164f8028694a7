//! The cache around a call: of a method, or of any function.

use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::flights::{Joined, Leader};
use super::{Cache, Found};
use crate::code::Code;
use crate::context::Context;
use crate::endpoint::{Endpoint, Middleware};
use crate::method::{Method, Outcome};
use crate::policy::{OutcomeClass, OutcomeClasses};
use crate::service_error::ServiceError;

impl<M, K, V> Middleware<M> for Cache<K, V>
where
    M: Method<Request = K, Response = V>,
    K: Hash + Eq + Clone + Send + Sync,
    V: Clone + Send + Sync,
{
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.call_at(self.clock.now(), cx, request, next)
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync,
    V: Clone + Send + Sync,
{
    /// The same for a call that came at that time.
    pub(in crate::policy) async fn call_at<M, E>(
        &self,
        came: Instant,
        cx: &Context,
        request: K,
        next: &E,
    ) -> Outcome<M>
    where
        M: Method<Request = K, Response = V>,
        E: Endpoint<M>,
    {
        if cx.outgoing().is_some() && !self.any_metadata.load(Ordering::Relaxed) {
            self.counts.passed.fetch_add(1, Ordering::Relaxed);
            return next.call(cx, request).await;
        }
        let stale = match self.get(&request, came) {
            Found::Fresh(value) => return Ok(value),
            Found::Stale(value) => Some(value),
            Found::Nothing => None,
        };
        let key = request.clone();
        self.fetch(&key, stale, || next.call(cx, request)).await
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone,
    V: Clone,
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
        let stale = match self.get(&key, self.clock.now()) {
            Found::Fresh(value) => return Ok(value),
            Found::Stale(value) => Some(value),
            Found::Nothing => None,
        };
        self.fetch(&key, stale, call).await
    }

    /// Gets an answer from somewhere else than memory, unless one that is
    /// stale will do meanwhile.
    async fn fetch<E, F, Fut>(&self, key: &K, stale: Option<V>, call: F) -> Result<V, E>
    where
        E: ServiceError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        if stale.is_none() && !self.coalesce.load(Ordering::Relaxed) {
            let edits = *self.edits();
            let value = call().await?;
            self.keep(key, value.clone(), |now| now != edits);
            return Ok(value);
        }
        let mut joined = false;
        loop {
            match self.flights.join(key) {
                Joined::Leads(leader) => return self.lead(leader, key, stale, call).await,
                Joined::Follows(follower) => {
                    if let Some(stale) = stale {
                        return Ok(stale);
                    }
                    // Once a call, however many leaders go away.
                    if !std::mem::replace(&mut joined, true) {
                        self.counts.joined.fetch_add(1, Ordering::Relaxed);
                    }
                    // Where the leader went away, somebody else leads.
                    if let Some(landing) = follower.landing().await {
                        return landing.map_err(E::from_status);
                    }
                }
            }
        }
    }

    async fn lead<E, F, Fut>(
        &self,
        leader: Leader<'_, K, V>,
        key: &K,
        stale: Option<V>,
        call: F,
    ) -> Result<V, E>
    where
        E: ServiceError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        // The last flight may have landed since we looked.
        if let Found::Fresh(value) = self.look(key, self.clock.now()) {
            leader.land(Ok(value.clone()));
            return Ok(value);
        }
        let error = match call().await {
            Ok(value) => {
                self.keep(key, value.clone(), |_| leader.is_detached());
                leader.land(Ok(value.clone()));
                return Ok(value);
            }
            Err(error) => error,
        };
        if OutcomeClasses::DEFAULT.of(error.code()) == OutcomeClass::Success {
            // What was there is no longer the answer.
            self.forget(key, |_| leader.is_detached());
        } else if let Some(stale) = stale {
            // Who waits came too late for the old answer, or would have it.
            share(leader, error);
            return Ok(stale);
        }
        Err(share(leader, error))
    }
}

/// Tells those who wait of a failure, except one that is the leader's own.
fn share<K: Hash + Eq, V, E: ServiceError>(leader: Leader<'_, K, V>, error: E) -> E {
    let is_own = matches!(error.code(), Code::DeadlineExceeded | Code::Cancelled);
    if is_own || !leader.is_followed() {
        return error;
    }
    let status = error.into_status();
    leader.land(Err(status.clone()));
    E::from_status(status)
}
