//! Configuration of the response cache.

use std::time::Duration;

use crate::model::policies::invalid::checks;

/// Configures a [`Cache`](crate::policy::cache::Cache).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::cache::CacheConfig;
///
/// const BRIEF: CacheConfig = CacheConfig::new(Duration::from_secs(1))
///     .capacity(10_000)
///     .coalesce(true)
///     .checked();
/// assert_eq!(BRIEF.capacity, 10_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheConfig {
    /// The time to live of an entry, above zero, with a jitter of ±5 %.
    /// Required.
    pub ttl: Duration,
    /// The most entries, at least 1. Default 1,000.
    ///
    /// The cache is sharded, and each shard holds its part, rounded up.
    pub capacity: u32,
    /// Whether a call waits for an equal call in flight and shares its
    /// response. Default `false`.
    pub coalesce: bool,
    /// How long an expired entry is still served while one caller refreshes
    /// it, above zero; `None` never serves one. Default `None`.
    pub stale: Option<Duration>,
    /// Whether calls that send metadata use the cache. Default `false`.
    ///
    /// A response may depend on the metadata of its request, such as the
    /// caller's credentials, and then must not be shared: enable this only
    /// where no response does.
    pub any_metadata: bool,
}

checks!(CacheConfig, Cache);

impl CacheConfig {
    /// Creates a configuration with this time to live and the defaults.
    pub const fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            capacity: 1000,
            coalesce: false,
            stale: None,
            any_metadata: false,
        }
    }

    /// Sets [`capacity`](field@Self::capacity).
    #[must_use]
    pub const fn capacity(mut self, entries: u32) -> Self {
        self.capacity = entries;
        self
    }

    /// Sets [`coalesce`](field@Self::coalesce).
    #[must_use]
    pub const fn coalesce(mut self, coalesce: bool) -> Self {
        self.coalesce = coalesce;
        self
    }

    /// Sets [`stale`](field@Self::stale).
    #[must_use]
    pub const fn stale(mut self, time: Duration) -> Self {
        self.stale = Some(time);
        self
    }

    /// Sets [`any_metadata`](field@Self::any_metadata).
    #[must_use]
    pub const fn any_metadata(mut self, cached: bool) -> Self {
        self.any_metadata = cached;
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        let problem = if self.ttl.is_zero() {
            "`ttl` must be more than zero"
        } else if self.capacity == 0 {
            "`capacity` must be at least 1"
        } else if matches!(self.stale, Some(stale) if stale.is_zero()) {
            "`stale` must be more than zero"
        } else {
            return None;
        };
        Some(problem)
    }
}
