//! Caches responses in memory.
//!
//! A response is fresh for some time, and an equal call within it need not be
//! sent. The difficulties are at the edges, which this policy handles:
//!
//! - *Simultaneous expiry*: entries created together would expire together, and
//!   all callers would fetch at once. So each lives for the `ttl` ± 5 %.
//! - *Equal concurrent calls*: with [`coalesce`](CacheConfig::coalesce) equal
//!   calls wait for the first, which runs in the task of its caller. If that
//!   call is cancelled or reaches its deadline, one that waits makes the call in
//!   its place: no caller fails because of another's deadline. Any other failure
//!   is the result of all calls that wait at that moment, so a failing peer is
//!   not called once for each.
//! - *Expired entries*: with [`stale`](CacheConfig::stale) the old
//!   response is used for a while, and the first caller to find it fetches the
//!   next one in its own task, while all others continue. If that call fails,
//!   its caller gets the old response too; a domain error, which is a response,
//!   removes the old one and is returned.
//! - *Failures* are not stored, whatever their code.
//! - *Explicit edits* ([`Cache::remove`], [`Cache::insert`]) are final: the
//!   response of a call in flight at that time goes to the callers that wait
//!   for it and is not stored, and later callers do not wait for it.
//! - *Responses that depend on the caller*: the request is the key, and the
//!   metadata that a caller sends is not. A call with metadata bypasses the
//!   cache, unless the configuration states that the response does not depend
//!   on it. The deadline is not part of the key. A response from memory has no
//!   metadata.
//! - *Memory*: at most [`capacity`](CacheConfig::capacity) entries; S3-FIFO
//!   decides which one is evicted, so that a scan of many keys does not evict
//!   those in use.
//!
//! Entries are in [`quick_cache`]: a hit hashes the request with a keyed hash,
//! takes the read lock of a shard, and clones the response after it. The
//! storage is type-erased, so that all caches of a program are compiled once: a
//! miss takes one allocation for the request and one for the response.
//!
//! Applied by hand to a method whose request can be a key:
//!
//! ```
//! # use kit::{Context, Endpoint, EndpointFn, Method, MethodMeta, Status};
//! # struct Square;
//! # impl Method for Square {
//! #     type Request = u32; type Response = u32; type Error = Status;
//! #     const META: &'static MethodMeta = &MethodMeta::new("Calc", "square", "Square");
//! # }
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use std::time::Duration;
//! use kit::policy::cache::{Cache, CacheConfig};
//!
//! static CALLS: AtomicU32 = AtomicU32::new(0);
//! let square = EndpointFn::new(|_: Context, n: u32| async move {
//!     CALLS.fetch_add(1, Ordering::Relaxed);
//!     Ok(n * n)
//! });
//! let cache = Cache::<u32, u32>::new(CacheConfig::new(Duration::from_secs(1)));
//! let endpoint = kit::Chain::new(cache, square);
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! for _ in 0..3 {
//!     let outcome = Endpoint::<Square>::call(&endpoint, &Context::new(), 7).await;
//!     assert_eq!(outcome.ok(), Some(49));
//! }
//! assert_eq!(CALLS.load(Ordering::Relaxed), 1);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The core on its own takes the time as an argument:
//!
//! ```
//! use std::time::{Duration, Instant};
//! use kit::policy::cache::{Cache, CacheConfig, Found};
//!
//! let cache = Cache::new(CacheConfig::new(Duration::from_secs(10)));
//! let now = Instant::now();
//! cache.insert("seven", 7, now);
//! assert_eq!(cache.get(&"seven", now), Found::Fresh(7));
//! assert_eq!(cache.get(&"seven", now + Duration::from_secs(11)), Found::Nothing);
//! ```

mod counts;
mod fetch;
mod flights;
mod found;
mod key;
mod middleware;
mod store;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use self::found::value;
use self::key::{Lookup, Request};
use super::support::Clock;
use crate::model::policies::InvalidPolicy;

pub use self::counts::CacheSnapshot;
pub use self::found::Found;
pub(crate) use self::{counts::CacheCounts, middleware::answer, store::Store};
pub use crate::model::policies::cache::CacheConfig;

/// A policy that caches responses; see the [module](self).
///
/// There is one for each method, shared by its calls: `K` is the method's
/// request, `V` its response.
pub struct Cache<K, V> {
    store: Store,
    types: PhantomData<fn(K) -> V>,
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Creates an empty cache with tokio's clock.
    ///
    /// # Panics
    /// [`CacheConfig::check`] fails.
    pub fn new(config: CacheConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates an empty cache that reads the given clock.
    ///
    /// # Panics
    /// [`CacheConfig::check`] fails.
    pub fn with_clock(config: CacheConfig, clock: Clock) -> Self {
        Self {
            store: Store::new(config, clock, Arc::default()),
            types: PhantomData,
        }
    }

    /// Looks a key up.
    #[inline]
    pub fn get(&self, key: &K, now: Instant) -> Found<V> {
        let request = Request::new(key);
        match self.store.get(&self.lookup(&request), now) {
            Found::Fresh(response) => value(&response).map_or(Found::Nothing, Found::Fresh),
            Found::Stale(response) => value(&response).map_or(Found::Nothing, Found::Stale),
            Found::Nothing => Found::Nothing,
        }
    }

    /// Stores a response for the `ttl`, replacing any present one. It is newer
    /// than those of the key's calls in flight, which go to the callers that
    /// wait for them and are not stored; without
    /// [coalescing](CacheConfig::coalesce) that applies to the calls of all
    /// keys, as with [`remove`](Self::remove).
    pub fn insert(&self, key: K, value: V, now: Instant) {
        let key = self.lookup(&Request::new(&key)).share();
        self.store.insert(key, Arc::new(value), now);
    }

    /// Removes the response for a key, and ignores those of its calls in
    /// flight, which may be older than the reason for the removal: none of
    /// them is stored, or used for a later caller. Callers that already wait
    /// for one get it.
    ///
    /// Without [coalescing](CacheConfig::coalesce) the keys of calls in flight
    /// are not known, and the responses of all of them, whatever their keys,
    /// are not stored.
    pub fn remove(&self, key: &K) {
        let key = self.lookup(&Request::new(key)).share();
        self.store.remove(&key);
    }

    #[inline]
    fn lookup<'a>(&self, request: &'a Request<'a, K, V>) -> Lookup<'a> {
        Lookup::new(&self.store.hashes, request)
    }
}

impl<K, V> Cache<K, V> {
    /// [Removes](Self::remove) all keys.
    pub fn clear(&self) {
        self.store.clear();
    }

    /// Replaces the configuration: entries keep the `ttl` that they were given,
    /// and those beyond a lower capacity are evicted.
    ///
    /// # Errors
    /// [`CacheConfig::check`] fails; nothing has changed.
    pub fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        self.store.configure(config)
    }

    /// Returns the current configuration.
    pub fn config(&self) -> CacheConfig {
        self.store.config()
    }

    /// Returns the counts so far.
    pub fn snapshot(&self) -> CacheSnapshot {
        self.store.snapshot()
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("config", &self.config())
            .finish_non_exhaustive()
    }
}
