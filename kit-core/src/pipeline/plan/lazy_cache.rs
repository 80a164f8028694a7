//! A cache that is created by the first call of its method.
//!
//! Most clients call few of their methods, and every cache allocates its locks.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::model::policies::InvalidPolicy;
use crate::model::policies::cache::CacheConfig;
use crate::policy::cache::{CacheCounts, Store};
use crate::policy::support::Clock;

/// The cache of a method, created by its first call.
pub(crate) struct LazyCache {
    config: Mutex<CacheConfig>,
    store: OnceLock<Store>,
    counts: Arc<CacheCounts>,
}

impl LazyCache {
    pub(crate) fn new(config: CacheConfig, counts: Arc<CacheCounts>) -> Self {
        Self {
            config: Mutex::new(config),
            store: OnceLock::new(),
            counts,
        }
    }

    /// The cache, created now if this is the first call.
    pub(crate) fn store(&self) -> &Store {
        if let Some(store) = self.store.get() {
            return store;
        }
        // Locked until the cache exists, so that a concurrent change is either
        // read here or applied to the cache.
        let config = self.config();
        let create = || Store::new(*config, Clock::default(), Arc::clone(&self.counts));
        self.store.get_or_init(create)
    }

    pub(crate) fn configure(&self, new: CacheConfig) -> Result<(), InvalidPolicy> {
        let mut config = self.config();
        match self.store.get() {
            Some(store) => store.configure(new)?,
            None => new.check()?,
        }
        *config = new;
        Ok(())
    }

    /// The number of cached responses.
    pub(crate) fn entries(&self) -> usize {
        self.store.get().map_or(0, Store::len)
    }

    fn config(&self) -> MutexGuard<'_, CacheConfig> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LazyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LazyCache").field(&*self.config()).finish()
    }
}
