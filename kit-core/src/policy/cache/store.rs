//! The entries of a cache and its calls in flight: the part that does not
//! depend on the types of a method, so that it is compiled once.
//!
//! Keys and responses are type-erased: a [`Key`] compares itself, and a
//! response is an `Arc` of any type, which the caller downcasts and clones.
//! That also keeps the clone, which is external code, out of the lock.

use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use quick_cache::sync::DefaultLifecycle;
use quick_cache::{DefaultHashBuilder, Equivalent, UnitWeighter};

use super::flights::Flights;
use super::found::{ErasedResponse, Found};
use super::key::{Key, Lookup, PrecomputedHashBuilder};
use super::{CacheCounts, CacheSnapshot};
use crate::model::policies::InvalidPolicy;
use crate::model::policies::cache::CacheConfig;
use crate::policy::support::Clock;
use crate::policy::support::time_base::TimeBase;

/// The entries of a cache, and its calls in flight.
pub(crate) struct Store {
    pub(super) clock: Clock,
    pub(super) start: TimeBase,
    pub(super) hashes: DefaultHashBuilder,
    pub(super) entries: quick_cache::sync::Cache<Key, Entry, UnitWeighter, PrecomputedHashBuilder>,
    pub(super) flights: Flights,
    config: RwLock<CacheConfig>,
    /// Read by every call, as is the next.
    coalesce: AtomicBool,
    any_metadata: AtomicBool,
    /// The number of explicit edits. Locked while the response of a call is
    /// stored, so that an edit comes before that or after it.
    edits: RwLock<u64>,
    pub(super) counts: Arc<CacheCounts>,
}

/// A response, and the times until which it is fresh and stale, in nanoseconds
/// since the store was created.
#[derive(Clone)]
pub(super) struct Entry {
    response: ErasedResponse,
    fresh_until: u64,
    stale_until: u64,
}

impl Store {
    /// Creates an empty store.
    ///
    /// # Panics
    /// [`CacheConfig::check`] fails.
    pub(crate) fn new(config: CacheConfig, clock: Clock, counts: Arc<CacheCounts>) -> Self {
        let config = config.checked();
        let most = config.capacity;
        Self {
            start: TimeBase::new(clock.now()),
            clock,
            hashes: DefaultHashBuilder::default(),
            entries: quick_cache::sync::Cache::with(
                most as usize,
                u64::from(most),
                UnitWeighter,
                PrecomputedHashBuilder::default(),
                DefaultLifecycle::default(),
            ),
            flights: Flights::default(),
            config: RwLock::new(config),
            coalesce: AtomicBool::new(config.coalesce),
            any_metadata: AtomicBool::new(config.any_metadata),
            edits: RwLock::new(0),
            counts,
        }
    }

    /// Looks a key up, and counts the result.
    pub(super) fn get(&self, key: &Lookup<'_>, now: Instant) -> Found<ErasedResponse> {
        let found = self.peek(key, now);
        let counter = match &found {
            Found::Fresh(_) => &self.counts.fresh,
            Found::Stale(_) => &self.counts.stale,
            Found::Nothing => &self.counts.missed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Looks a key up, without counting.
    #[inline]
    pub(super) fn peek<Q: Hash + Equivalent<Key>>(
        &self,
        key: &Q,
        now: Instant,
    ) -> Found<ErasedResponse> {
        let Some(entry) = self.entries.get(key) else {
            return Found::Nothing;
        };
        let now = self.start.nanos_to(now);
        if now < entry.fresh_until {
            Found::Fresh(entry.response)
        } else if now < entry.stale_until {
            Found::Stale(entry.response)
        } else {
            Found::Nothing
        }
    }

    /// Whether equal calls wait for one of them.
    pub(super) fn coalesces(&self) -> bool {
        self.coalesce.load(Ordering::Relaxed)
    }

    /// Whether responses do not depend on the metadata of the caller.
    #[inline]
    pub(super) fn takes_any_metadata(&self) -> bool {
        self.any_metadata.load(Ordering::Relaxed)
    }

    /// Stores a given response for the `ttl`, and detaches the key's calls in
    /// flight.
    pub(super) fn insert(&self, key: Key, response: ErasedResponse, now: Instant) {
        let entry = self.entry(response, now);
        // Evicted entries are dropped after the lock: that is external code.
        let mut evicted = Default::default();
        let edits = self.begin_edit(|flights| flights.detach(&key));
        self.entries.insert_with_lifecycle(key, entry, &mut evicted);
        drop(edits);
    }

    fn entry(&self, response: ErasedResponse, now: Instant) -> Entry {
        let config = self.config();
        let fresh_until = self
            .start
            .nanos_to(now)
            .saturating_add(jittered(nanoseconds(config.ttl)));
        let stale = config.stale.map_or(0, nanoseconds);
        Entry {
            response,
            fresh_until,
            stale_until: fresh_until.saturating_add(stale),
        }
    }

    /// Removes the response for a key, and detaches its calls in flight.
    pub(super) fn remove(&self, key: &Key) {
        drop(self.begin_edit(|flights| flights.detach(key)));
        self.entries.remove(key);
    }

    /// Removes the responses for all keys, and detaches their calls in flight.
    pub(super) fn clear(&self) {
        drop(self.begin_edit(Flights::detach_all));
        self.entries.clear();
    }

    /// Counts an edit and detaches calls in flight. What they have stored so
    /// far can be removed after this, as they store nothing more; no call
    /// stores anything while the returned guard is held.
    fn begin_edit(&self, detach: impl FnOnce(&Flights)) -> RwLockWriteGuard<'_, u64> {
        let mut edits = self.edits.write().unwrap_or_else(PoisonError::into_inner);
        *edits += 1;
        detach(&self.flights);
        edits
    }

    /// Stores the response of a call, unless it is outdated.
    pub(super) fn insert_unless(
        &self,
        key: &Key,
        response: ErasedResponse,
        is_outdated: impl FnOnce(u64) -> bool,
    ) {
        let entry = self.entry(response, self.clock.now());
        // Evicted entries are dropped after the lock: that is external code.
        let mut evicted = Default::default();
        let edits = self.edits();
        if !is_outdated(*edits) {
            self.entries
                .insert_with_lifecycle(key.clone(), entry, &mut evicted);
        }
    }

    /// Removes a response because of a call's result, unless that is outdated.
    pub(super) fn remove_unless(&self, key: &Key, is_outdated: impl FnOnce(u64) -> bool) {
        let edits = self.edits();
        let removed = (!is_outdated(*edits)).then(|| self.entries.remove(key));
        drop(edits);
        drop(removed);
    }

    /// The number of edits; the guard excludes others.
    pub(super) fn edits(&self) -> RwLockReadGuard<'_, u64> {
        self.edits.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current configuration.
    pub(super) fn config(&self) -> CacheConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the configuration: entries keep the `ttl` that they were given,
    /// and those beyond a lower capacity are evicted.
    ///
    /// # Errors
    /// [`CacheConfig::check`] fails; nothing has changed.
    pub(crate) fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut current = self.config.write().unwrap_or_else(PoisonError::into_inner);
        if current.capacity != config.capacity {
            self.entries.set_capacity(u64::from(config.capacity));
        }
        *current = config;
        self.coalesce.store(config.coalesce, Ordering::Relaxed);
        self.any_metadata
            .store(config.any_metadata, Ordering::Relaxed);
        Ok(())
    }

    /// Returns the number of entries.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the counts so far.
    pub(super) fn snapshot(&self) -> CacheSnapshot {
        CacheSnapshot {
            entries: self.len(),
            ..self.counts.read()
        }
    }
}

/// A random time within 5 % of `time`.
fn jittered(time: u64) -> u64 {
    let part = time / 20;
    (time - part).saturating_add(fastrand::u64(0..=2 * part))
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
