//! What a cache keeps, until when, and what it knows of the calls under way:
//! all of it that no type of a method changes, so that it is compiled once.
//!
//! Keys and answers hide their types: a [`Key`] compares itself, and an answer
//! is an `Arc` of anything, which is cloned out of by who asked and knows what
//! it is. That also keeps the clone, which is others' code, out of the lock.

use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use quick_cache::sync::DefaultLifecycle;
use quick_cache::{DefaultHashBuilder, Equivalent, UnitWeighter};

use super::flights::Flights;
use super::found::{Answer, Found};
use super::key::{AsHashed, Key, Lookup};
use super::{CacheCounts, CacheSnapshot};
use crate::model::policies::InvalidPolicy;
use crate::model::policies::cache::CacheConfig;
use crate::policy::support::Clock;
use crate::policy::support::time_base::TimeBase;

/// The entries of a cache, and its calls under way.
pub(crate) struct Store {
    pub(super) clock: Clock,
    pub(super) start: TimeBase,
    pub(super) hashes: DefaultHashBuilder,
    pub(super) entries: quick_cache::sync::Cache<Key, Kept, UnitWeighter, AsHashed>,
    pub(super) flights: Flights,
    config: RwLock<CacheConfig>,
    /// What every call asks for.
    coalesce: AtomicBool,
    any_metadata: AtomicBool,
    /// How often something was put in or taken out by hand. Held while an
    /// answer of a call is kept, so that an edit comes before that or after it.
    edits: RwLock<u64>,
    pub(super) counts: Arc<CacheCounts>,
}

/// An answer, and until when it is what; in nanoseconds since the store was
/// made.
#[derive(Clone)]
pub(super) struct Kept {
    answer: Answer,
    fresh_until: u64,
    stale_until: u64,
}

impl Store {
    /// An empty store.
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
                AsHashed::default(),
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

    /// What there is for a key, counted.
    pub(super) fn get(&self, key: &Lookup<'_>, now: Instant) -> Found<Answer> {
        let found = self.look(key, now);
        let counter = match &found {
            Found::Fresh(_) => &self.counts.fresh,
            Found::Stale(_) => &self.counts.stale,
            Found::Nothing => &self.counts.missed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// What there is for a key.
    #[inline]
    pub(super) fn look<Q: Hash + Equivalent<Key>>(&self, key: &Q, now: Instant) -> Found<Answer> {
        let Some(kept) = self.entries.get(key) else {
            return Found::Nothing;
        };
        let now = self.start.nanos_to(now);
        if now < kept.fresh_until {
            Found::Fresh(kept.answer)
        } else if now < kept.stale_until {
            Found::Stale(kept.answer)
        } else {
            Found::Nothing
        }
    }

    /// Whether equal calls wait for one.
    pub(super) fn coalesces(&self) -> bool {
        self.coalesce.load(Ordering::Relaxed)
    }

    /// Whether answers depend on nothing that a caller sends beside a request.
    #[inline]
    pub(super) fn takes_any_metadata(&self) -> bool {
        self.any_metadata.load(Ordering::Relaxed)
    }

    /// Keeps an answer for its time by hand, and makes the key's calls under
    /// way old ones.
    pub(super) fn insert(&self, key: Key, answer: Answer, now: Instant) {
        let kept = self.kept(answer, now);
        // What has to go for it is dropped after the lock: it is others' code.
        let mut evicted = Default::default();
        let edits = self.outdate(|flights| flights.detach(&key));
        self.entries.insert_with_lifecycle(key, kept, &mut evicted);
        drop(edits);
    }

    fn kept(&self, answer: Answer, now: Instant) -> Kept {
        let config = self.config();
        let fresh_until = self
            .start
            .nanos_to(now)
            .saturating_add(jittered(nanoseconds(config.ttl)));
        let stale = config.stale.map_or(0, nanoseconds);
        Kept {
            answer,
            fresh_until,
            stale_until: fresh_until.saturating_add(stale),
        }
    }

    /// Forgets the answer for a key, and those of its calls under way.
    pub(super) fn remove(&self, key: &Key) {
        drop(self.outdate(|flights| flights.detach(key)));
        self.entries.remove(key);
    }

    /// The same for all keys.
    pub(super) fn clear(&self) {
        drop(self.outdate(Flights::detach_all));
        self.entries.clear();
    }

    /// Makes the calls under way old ones. What they have kept by now can be
    /// taken out after this, as they keep nothing more; nor does any call for
    /// as long as what is returned is held.
    fn outdate(&self, detach: impl FnOnce(&Flights)) -> RwLockWriteGuard<'_, u64> {
        let mut edits = self.edits.write().unwrap_or_else(PoisonError::into_inner);
        *edits += 1;
        detach(&self.flights);
        edits
    }

    /// Keeps the answer of a call, unless it is old by now.
    pub(super) fn keep(&self, key: &Key, answer: Answer, is_old: impl FnOnce(u64) -> bool) {
        let kept = self.kept(answer, self.clock.now());
        // What has to go for it is dropped after the lock: it is others' code.
        let mut evicted = Default::default();
        let edits = self.edits();
        if !is_old(*edits) {
            self.entries
                .insert_with_lifecycle(key.clone(), kept, &mut evicted);
        }
    }

    /// Forgets an answer for what a call says now, unless that is old itself.
    pub(super) fn forget(&self, key: &Key, is_old: impl FnOnce(u64) -> bool) {
        let edits = self.edits();
        let forgotten = (!is_old(*edits)).then(|| self.entries.remove(key));
        drop(edits);
        drop(forgotten);
    }

    /// How many edits there have been; none comes meanwhile.
    pub(super) fn edits(&self) -> RwLockReadGuard<'_, u64> {
        self.edits.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The values as they are now.
    pub(super) fn config(&self) -> CacheConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the values: entries keep the time they were given, and those
    /// beyond a new capacity go.
    ///
    /// # Errors
    /// [`CacheConfig::check`] fails, and nothing changes.
    pub(crate) fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut held = self.config.write().unwrap_or_else(PoisonError::into_inner);
        if held.capacity != config.capacity {
            self.entries.set_capacity(u64::from(config.capacity));
        }
        *held = config;
        self.coalesce.store(config.coalesce, Ordering::Relaxed);
        self.any_metadata
            .store(config.any_metadata, Ordering::Relaxed);
        Ok(())
    }

    /// How many answers are kept.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How often it did what so far.
    pub(super) fn snapshot(&self) -> CacheSnapshot {
        CacheSnapshot {
            entries: self.len(),
            ..self.counts.read()
        }
    }
}

/// A time give or take 5 %.
fn jittered(time: u64) -> u64 {
    let part = time / 20;
    (time - part).saturating_add(fastrand::u64(0..=2 * part))
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
