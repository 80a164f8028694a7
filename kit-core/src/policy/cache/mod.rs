//! Answers from memory.
//!
//! An answer is good for a time, and what is asked again within it need not be
//! asked of anybody. That is simple, and goes wrong at the edges, which are
//! what this is about:
//!
//! - *All at once*: entries made together would end together, and everybody
//!   would ask at once. So each lives for its time give or take 5 %.
//! - *The same question from many*: with [`coalesce`](CacheConfig::coalesce)
//!   equal calls wait for the first, in whose task the call is made. If that
//!   caller goes away, one that waits makes the call in its place, and so it
//!   does where the first had less time than the others: nobody fails for
//!   another's deadline. Any other failure goes to all who wait at that
//!   moment: a peer that fails is not asked once for each.
//! - *The moment after the end*: with [`stale`](CacheConfig::stale) the old
//!   answer is still given for a while, and the first caller who gets to it
//!   asks for the next one, in its own task, while all others go on. Where
//!   that call fails it gets the old answer too; a domain error, which is an
//!   answer, takes the old one's place in no cache and is returned.
//! - *Failures* are not kept, whatever their code.
//! - *What is forgotten by hand* ([`Cache::remove`]) or put in
//!   ([`Cache::insert`]) is so for good: the answer of a call that was under way
//!   then is given to those who wait for it, is not kept, and who comes later
//!   does not wait for it.
//! - *Whose answer it is*: a request is the key, and what a caller sends
//!   beside it is not. A call that sends metadata passes by, unless the
//!   configuration says that the answer does not depend on it. The deadline
//!   is no part of an answer. An answer from memory comes with no metadata.
//! - *Room*: at most [`capacity`](CacheConfig::capacity) entries; which one
//!   goes is decided by S3-FIFO, so that a scan of many keys does not push out
//!   those in use.
//!
//! Entries are in [`quick_cache`]: a hit hashes the request with a keyed hash,
//! takes a shard's read lock, and clones the answer after it. The storage does
//! not know the types, so that all caches of a program are compiled once: a
//! miss puts the request and the answer into an allocation each.
//!
//! By hand, for a method whose request can be a key:
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
//! The core alone:
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

/// Answers from memory; see the [module](self).
///
/// It is made once for each method and shared by its calls: `K` is the
/// method's request, `V` its response.
pub struct Cache<K, V> {
    store: Store,
    types: PhantomData<fn(K) -> V>,
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// An empty cache on tokio's clock.
    ///
    /// # Panics
    /// [`CacheConfig::check`] fails.
    pub fn new(config: CacheConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// The same on another clock.
    ///
    /// # Panics
    /// As [`Cache::new`].
    pub fn with_clock(config: CacheConfig, clock: Clock) -> Self {
        Self {
            store: Store::new(config, clock, Arc::default()),
            types: PhantomData,
        }
    }

    /// What there is for a key.
    #[inline]
    pub fn get(&self, key: &K, now: Instant) -> Found<V> {
        let request = Request::new(key);
        match self.store.get(&self.sought(&request), now) {
            Found::Fresh(answer) => value(&answer).map_or(Found::Nothing, Found::Fresh),
            Found::Stale(answer) => value(&answer).map_or(Found::Nothing, Found::Stale),
            Found::Nothing => Found::Nothing,
        }
    }

    /// Keeps an answer for its time, in place of what was there. It is newer
    /// than those of the key's calls under way: they are given to who waits for
    /// them, and not kept; without [coalescing](CacheConfig::coalesce) that goes
    /// for the calls of all keys, as with [`remove`](Self::remove).
    pub fn insert(&self, key: K, value: V, now: Instant) {
        let key = self.sought(&Request::new(&key)).share();
        self.store.insert(key, Arc::new(value), now);
    }

    /// Forgets the answer for a key, and those of its calls under way, which
    /// may be older than the reason to forget: none of them is kept, or given
    /// to a caller that comes after this. Who waits for one already gets it.
    ///
    /// Where calls do not [coalesce](CacheConfig::coalesce) nobody knows which
    /// are under way, and the answers of all of them, whatever their keys, are
    /// given and not kept.
    pub fn remove(&self, key: &K) {
        let key = self.sought(&Request::new(key)).share();
        self.store.remove(&key);
    }

    #[inline]
    fn sought<'a>(&self, request: &'a Request<'a, K, V>) -> Lookup<'a> {
        Lookup::new(&self.store.hashes, request)
    }
}

impl<K, V> Cache<K, V> {
    /// [Forgets](Self::remove) all keys.
    pub fn clear(&self) {
        self.store.clear();
    }

    /// Changes the values: entries keep the time they were given, and those
    /// beyond a new capacity go.
    ///
    /// # Errors
    /// [`CacheConfig::check`] fails, and nothing changes.
    pub fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        self.store.configure(config)
    }

    /// The values as they are now.
    pub fn config(&self) -> CacheConfig {
        self.store.config()
    }

    /// How often it did what so far.
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
