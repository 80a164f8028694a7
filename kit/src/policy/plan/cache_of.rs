//! The cache of a method, made by the first call.

use std::any::Any;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::policy::InvalidPolicy;
use crate::policy::cache::{Cache, CacheConfig, CacheCounts};

/// The cache of a method whose types are not known here: it is made by the
/// first call, which knows them.
pub(super) struct CacheOf {
    config: Mutex<CacheConfig>,
    cache: OnceLock<Box<dyn AnyCache>>,
    counts: Arc<CacheCounts>,
}

/// A cache of whatever it caches.
trait AnyCache: Any + Send + Sync {
    fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy>;
    fn entries(&self) -> usize;
}

impl<K, V> AnyCache for Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn configure(&self, config: CacheConfig) -> Result<(), InvalidPolicy> {
        Cache::configure(self, config)
    }

    fn entries(&self) -> usize {
        self.snapshot().entries
    }
}

impl CacheOf {
    pub(super) fn new(config: CacheConfig, counts: Arc<CacheCounts>) -> Self {
        Self {
            config: Mutex::new(config),
            cache: OnceLock::new(),
            counts,
        }
    }

    /// The cache; `None` where another method's is asked for.
    pub(super) fn of<K, V>(&self) -> Option<&Cache<K, V>>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let cache: &dyn Any = match self.cache.get() {
            Some(cache) => &**cache,
            None => {
                // Held until the cache is there, so that a change is either
                // seen here or given to it.
                let config = self.config();
                let make = || {
                    let cache = Cache::<K, V>::new(*config).counted(Arc::clone(&self.counts));
                    Box::new(cache) as Box<dyn AnyCache>
                };
                &**self.cache.get_or_init(make)
            }
        };
        cache.downcast_ref()
    }

    pub(super) fn configure(&self, new: CacheConfig) -> Result<(), InvalidPolicy> {
        let mut config = self.config();
        match self.cache.get() {
            Some(cache) => cache.configure(new)?,
            None => new.check()?,
        }
        *config = new;
        Ok(())
    }

    /// How many answers are kept.
    pub(super) fn entries(&self) -> usize {
        self.cache.get().map_or(0, |cache| cache.entries())
    }

    fn config(&self) -> MutexGuard<'_, CacheConfig> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CacheOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CacheOf").field(&*self.config()).finish()
    }
}
