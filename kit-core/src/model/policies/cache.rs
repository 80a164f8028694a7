//! The values of a cache.

use std::time::Duration;

use crate::model::policies::invalid::checks;

/// The values of a [`Cache`](crate::policy::cache::Cache).
///
/// | value | default |
/// |---|---|
/// | the time to live, give or take 5 % | must be given |
/// | [`capacity`](Self::capacity), in entries | 1,000 |
/// | [`coalesce`](Self::coalesce) | false |
/// | [`stale`](Self::stale) | none |
/// | [`any_metadata`](Self::any_metadata) | false |
///
/// ```
/// use std::time::Duration;
/// use kit::policy::cache::CacheConfig;
///
/// const BRIEF: CacheConfig = CacheConfig::new(Duration::from_secs(1))
///     .capacity(10_000)
///     .coalesce(true)
///     .checked();
/// assert_eq!(BRIEF.most_entries(), 10_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheConfig {
    ttl: Duration,
    capacity: u32,
    coalesce: bool,
    stale: Option<Duration>,
    any_metadata: bool,
}

checks!(CacheConfig, Cache);

impl CacheConfig {
    /// The defaults, with answers that are good for `ttl`.
    pub const fn new(ttl: Duration) -> Self {
        Self {
            ttl,
            capacity: 1000,
            coalesce: false,
            stale: None,
            any_metadata: false,
        }
    }

    /// The most answers that are kept. Each of several parts of the cache has
    /// its share, rounded up.
    #[must_use]
    pub const fn capacity(mut self, entries: u32) -> Self {
        self.capacity = entries;
        self
    }

    /// Whether calls that are equal to one under way wait for its answer.
    #[must_use]
    pub const fn coalesce(mut self, coalesce: bool) -> Self {
        self.coalesce = coalesce;
        self
    }

    /// How long after its time an answer is still given, while one caller
    /// fetches the next.
    #[must_use]
    pub const fn stale(mut self, time: Duration) -> Self {
        self.stale = Some(time);
        self
    }

    /// Whether calls that send metadata use the cache too. An answer may
    /// depend on what was sent beside the request, such as the caller's
    /// credentials, and is then not for others: say yes only where it does
    /// not.
    #[must_use]
    pub const fn any_metadata(mut self, cached: bool) -> Self {
        self.any_metadata = cached;
        self
    }

    /// How long an answer is good for.
    pub const fn ttl(&self) -> Duration {
        self.ttl
    }

    /// The most answers that are kept.
    pub const fn most_entries(&self) -> u32 {
        self.capacity
    }

    /// Whether equal calls wait for one answer.
    pub const fn coalesces(&self) -> bool {
        self.coalesce
    }

    /// How long after its time an answer is still given.
    pub const fn longest_stale(&self) -> Option<Duration> {
        self.stale
    }

    /// Whether calls that send metadata use the cache too.
    pub const fn takes_any_metadata(&self) -> bool {
        self.any_metadata
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
