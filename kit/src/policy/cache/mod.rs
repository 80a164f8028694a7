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
//! Entries are in [`quick_cache`]: a hit takes a shard's read lock, hashes the
//! request with a keyed hash, and clones the answer.
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

mod config;
mod counts;
mod flights;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use self::flights::Flights;
use super::origin::Origin;
use super::{Clock, InvalidPolicy};

pub(super) use self::counts::CacheCounts;
pub use self::{config::CacheConfig, counts::CacheSnapshot};

/// Answers from memory; see the [module](self).
///
/// It is made once for each method and shared by its calls: `K` is the
/// method's request, `V` its response.
pub struct Cache<K, V> {
    clock: Clock,
    start: Origin,
    entries: quick_cache::sync::Cache<K, Kept<V>>,
    flights: Flights<K, V>,
    config: RwLock<CacheConfig>,
    /// What every call asks for.
    coalesce: AtomicBool,
    any_metadata: AtomicBool,
    /// How often something was put in or taken out by hand. Held while an
    /// answer of a call is kept, so that an edit comes before that or after it.
    edits: RwLock<u64>,
    counts: Arc<CacheCounts>,
}

/// An answer, and until when it is what; in nanoseconds since the cache was
/// made.
#[derive(Clone)]
struct Kept<V> {
    value: V,
    fresh_until: u64,
    stale_until: u64,
}

/// What a cache has for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<V> {
    /// An answer that is good.
    Fresh(V),
    /// One whose time is over, but may be given while another is fetched.
    Stale(V),
    /// None.
    Nothing,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
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
        let config = config.checked();
        Self {
            start: Origin::new(clock.now()),
            clock,
            entries: quick_cache::sync::Cache::new(config.most_entries() as usize),
            flights: Flights::new(),
            config: RwLock::new(config),
            coalesce: AtomicBool::new(config.coalesces()),
            any_metadata: AtomicBool::new(config.takes_any_metadata()),
            edits: RwLock::new(0),
            counts: Arc::default(),
        }
    }

    /// The same, counting here what others count too.
    #[must_use]
    pub(in crate::policy) fn counted(mut self, counts: Arc<CacheCounts>) -> Self {
        self.counts = counts;
        self
    }

    /// What there is for a key.
    #[inline]
    pub fn get(&self, key: &K, now: Instant) -> Found<V> {
        let found = self.look(key, now);
        let counter = match &found {
            Found::Fresh(_) => &self.counts.fresh,
            Found::Stale(_) => &self.counts.stale,
            Found::Nothing => &self.counts.missed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    #[inline]
    fn look(&self, key: &K, now: Instant) -> Found<V> {
        let Some(kept) = self.entries.get(key) else {
            return Found::Nothing;
        };
        let now = self.since_start(now);
        if now < kept.fresh_until {
            Found::Fresh(kept.value)
        } else if now < kept.stale_until {
            Found::Stale(kept.value)
        } else {
            Found::Nothing
        }
    }

    /// Keeps an answer for its time, in place of what was there. It is newer
    /// than those of the key's calls under way: they are given to who waits for
    /// them, and not kept; without [coalescing](CacheConfig::coalesce) that goes
    /// for the calls of all keys, as with [`remove`](Self::remove).
    pub fn insert(&self, key: K, value: V, now: Instant) {
        let kept = self.kept(value, now);
        // What has to go for it is dropped after the lock: it is others' code.
        let mut evicted = Default::default();
        let edits = self.outdate(|flights| flights.detach(&key));
        self.entries.insert_with_lifecycle(key, kept, &mut evicted);
        drop(edits);
    }

    fn kept(&self, value: V, now: Instant) -> Kept<V> {
        let config = self.config();
        let fresh_until = self
            .since_start(now)
            .saturating_add(jittered(nanoseconds(config.ttl())));
        let stale = config.longest_stale().map_or(0, nanoseconds);
        Kept {
            value,
            fresh_until,
            stale_until: fresh_until.saturating_add(stale),
        }
    }

    /// Forgets the answer for a key, and those of its calls under way, which
    /// may be older than the reason to forget: none of them is kept, or given
    /// to a caller that comes after this. Who waits for one already gets it.
    ///
    /// Where calls do not [coalesce](CacheConfig::coalesce) nobody knows which
    /// are under way, and the answers of all of them, whatever their keys, are
    /// given and not kept.
    pub fn remove(&self, key: &K) {
        drop(self.outdate(|flights| flights.detach(key)));
        self.entries.remove(key);
    }

    /// The same for all keys.
    pub fn clear(&self) {
        drop(self.outdate(Flights::detach_all));
        self.entries.clear();
    }

    /// Makes the calls under way old ones. What they have kept by now can be
    /// taken out after this, as they keep nothing more; nor does any call for
    /// as long as what is returned is held.
    fn outdate(&self, detach: impl FnOnce(&Flights<K, V>)) -> RwLockWriteGuard<'_, u64> {
        let mut edits = self.edits.write().unwrap_or_else(PoisonError::into_inner);
        *edits += 1;
        detach(&self.flights);
        edits
    }

    /// Keeps the answer of a call, unless it is old by now.
    fn keep(&self, key: &K, value: V, is_old: impl FnOnce(u64) -> bool) {
        let kept = self.kept(value, self.clock.now());
        // What has to go for it is dropped after the lock: it is others' code.
        let mut evicted = Default::default();
        let edits = self.edits();
        if !is_old(*edits) {
            self.entries
                .insert_with_lifecycle(key.clone(), kept, &mut evicted);
        }
    }

    /// Forgets an answer for what a call says now, unless that is old itself.
    fn forget(&self, key: &K, is_old: impl FnOnce(u64) -> bool) {
        let edits = self.edits();
        let forgotten = (!is_old(*edits)).then(|| self.entries.remove(key));
        drop(edits);
        drop(forgotten);
    }

    /// How many edits there have been; none comes meanwhile.
    fn edits(&self) -> RwLockReadGuard<'_, u64> {
        self.edits.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the values: entries keep the time they were given, and those
    /// beyond a new capacity go.
    ///
    /// # Errors
    /// [`CacheConfig::check`] fails, and nothing changes.
    pub fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut held = self.config.write().unwrap_or_else(PoisonError::into_inner);
        if held.most_entries() != config.most_entries() {
            self.entries.set_capacity(u64::from(config.most_entries()));
        }
        *held = config;
        self.coalesce.store(config.coalesces(), Ordering::Relaxed);
        self.any_metadata
            .store(config.takes_any_metadata(), Ordering::Relaxed);
        Ok(())
    }

    /// How often it did what so far.
    pub fn snapshot(&self) -> CacheSnapshot {
        CacheSnapshot {
            entries: self.entries.len(),
            ..self.counts.read()
        }
    }

    #[inline]
    fn since_start(&self, now: Instant) -> u64 {
        self.start.nanos_to(now)
    }
}

impl<K, V> Cache<K, V> {
    /// The values as they are now.
    pub fn config(&self) -> CacheConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time give or take 5 %.
fn jittered(time: u64) -> u64 {
    let part = time / 20;
    (time - part).saturating_add(fastrand::u64(0..=2 * part))
}

#[inline]
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("config", &self.config())
            .finish_non_exhaustive()
    }
}
