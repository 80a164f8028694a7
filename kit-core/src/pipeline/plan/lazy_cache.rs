//! The cache of a method, made by the first call: most clients call few of
//! their methods, and each cache has room for its locks.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::model::policies::InvalidPolicy;
use crate::model::policies::cache::CacheConfig;
use crate::policy::cache::{CacheCounts, Store};
use crate::policy::support::Clock;

/// The cache of a method, once it is called.
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

    /// The cache.
    pub(crate) fn store(&self) -> &Store {
        if let Some(store) = self.store.get() {
            return store;
        }
        // Held until the cache is there, so that a change is either seen here
        // or given to it.
        let config = self.config();
        let make = || Store::new(*config, Clock::default(), Arc::clone(&self.counts));
        self.store.get_or_init(make)
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

    /// How many answers are kept.
    pub(crate) fn entries(&self) -> usize {
        self.store.get().map_or(0, Store::len)
    }

    fn config(&self) -> MutexGuard<'_, CacheConfig> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LazyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CacheOf").field(&*self.config()).finish()
    }
}
