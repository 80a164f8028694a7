//! The limiter of one process.

use std::time::{Duration, Instant};

use super::buckets::Buckets;
use super::gcra::{LiveLimit, nanoseconds};
use super::turn::{Queued, Turn};
use crate::model::policies::invalid::InvalidPolicy;
use crate::model::policies::rate_limit::{RateLimitConfig, RateLimitKey};
use crate::model::status::refusal::{PolicyKind, Quota, Refusal, RefusalReason};
use crate::policy::support::clock::Clock;
use crate::policy::support::sync::Mutex;
use crate::policy::support::sync::atomic::Ordering::Relaxed;
use crate::policy::support::sync::atomic::{AtomicBool, AtomicU64};
use crate::policy::support::time_base::TimeBase;

/// Limits the rate of calls (GCRA); see the [module](super).
///
/// ```
/// use std::time::{Duration, Instant};
/// use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimiter};
///
/// let limiter = RateLimiter::new(RateLimitConfig::new(Rate::new(1, Duration::from_secs(60))));
/// let now = Instant::now();
/// assert!(limiter.admit(now).is_ok());
/// let refusal = limiter.admit(now).unwrap_err();
/// assert_eq!(refusal.retry_after(), Some(Duration::from_secs(60)));
/// assert!(limiter.admit(now + Duration::from_secs(60)).is_ok());
/// ```
#[derive(Debug)]
pub struct RateLimiter {
    name: &'static str,
    pub(super) start: TimeBase,
    pub(super) clock: Clock,
    pub(super) buckets: Buckets,
    /// The longest wait, in nanoseconds.
    pub(super) wait: AtomicU64,
    /// Whether the limit is shared, and this is the local fallback.
    shared: AtomicBool,
    refused: Padded,
    queued: AtomicU64,
    config: Mutex<RateLimitConfig>,
    key: RateLimitKey,
}

/// A counter on a cache line of its own, away from what every call reads: in a
/// flood each refusal writes it.
#[derive(Debug)]
#[repr(align(64))]
struct Padded(AtomicU64);

impl RateLimiter {
    /// Creates a limiter with tokio's clock and full buckets.
    ///
    /// # Panics
    /// [`RateLimitConfig::check`] fails, or the store is not
    /// [local](crate::model::policies::rate_limit::RateLimitStore::Local): that needs a
    /// [`SharedRateLimiter`](super::SharedRateLimiter).
    pub fn new(config: RateLimitConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a limiter that reads the given clock.
    ///
    /// # Panics
    /// As with [`RateLimiter::new`].
    pub fn with_clock(config: RateLimitConfig, clock: Clock) -> Self {
        if let Some(problem) = needs_shared_limiter(&config) {
            panic!("{problem}");
        }
        Self::of_any_store(config, clock)
    }

    /// Creates a limiter that may be the local fallback of a shared one.
    pub(crate) fn of_any_store(config: RateLimitConfig, clock: Clock) -> Self {
        let config = config.checked();
        Self {
            name: "",
            start: TimeBase::new(clock.now()),
            clock,
            buckets: Buckets::new(&config),
            wait: AtomicU64::new(wait_of(&config)),
            shared: AtomicBool::new(is_shared(&config)),
            refused: Padded(AtomicU64::new(0)),
            queued: AtomicU64::new(0),
            key: config.key,
            config: Mutex::new(config),
        }
    }

    /// Sets the name, for events and metrics.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Returns its name; empty by default.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Admits or refuses a call. If the limit has a key, the calls without one
    /// share a bucket.
    ///
    /// # Errors
    /// The refusal with the quota and the time after which a call passes.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<(), Refusal> {
        self.admit_key(b"", now)
    }

    /// Admits or refuses a call with this key. The key is ignored if the limit
    /// is for everyone.
    ///
    /// # Errors
    /// The refusal with the quota and the time after which a call passes.
    #[inline]
    pub fn admit_key(&self, key: &[u8], now: Instant) -> Result<(), Refusal> {
        self.take(key, now, 0).map(drop)
    }

    /// The longest wait of any call.
    pub(super) fn wait_max(&self) -> Duration {
        Duration::from_nanos(self.wait.load(Relaxed))
    }

    /// Whether calls may wait, so that a deadline matters.
    #[inline]
    pub(crate) fn waits(&self) -> bool {
        self.wait.load(Relaxed) != 0
    }

    /// Counts a call as queued if it has to wait.
    #[inline]
    pub(super) fn queue(&self, wait: Duration) -> Option<Queued<'_>> {
        (!wait.is_zero()).then(|| Queued::new(&self.queued))
    }

    /// Whether the limit is shared with other processes.
    #[inline]
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.load(Relaxed)
    }

    #[inline]
    pub(super) fn take(&self, key: &[u8], now: Instant, longest: u64) -> Result<Turn, Refusal> {
        let now = self.since_start(now);
        match &self.buckets {
            Buckets::Everyone { bucket, limit } => bucket
                .take(limit.get(), now, longest)
                .map(|taken| Turn {
                    everyone: Some(taken),
                    key: None,
                })
                .map_err(|wait| self.refuse(limit, bucket.full_at(), now, wait)),
            Buckets::Keyed {
                keys,
                each,
                bucket,
                total,
            } => {
                let hash = keys.hash(key);
                let limit = total.get();
                // A key that is refused takes nothing from the total.
                let also = || match limit.step {
                    0 => Ok(None),
                    _ => bucket
                        .take(limit, now, longest)
                        .map(Some)
                        .map_err(|wait| self.refuse(total, bucket.full_at(), now, wait)),
                };
                let refuse = |full_at, wait| self.refuse(each, full_at, now, wait);
                keys.take(hash, each.get(), now, longest, also, refuse)
                    .map(|(taken, everyone)| Turn {
                        everyone,
                        key: Some((hash, taken)),
                    })
            }
        }
    }

    #[cold]
    pub(super) fn refuse(&self, limit: &LiveLimit, full_at: u64, now: u64, wait: u64) -> Refusal {
        self.refused.0.fetch_add(1, Relaxed);
        Refusal::new(PolicyKind::RateLimit, RefusalReason::RateExceeded)
            .with_retry_after(Duration::from_nanos(wait))
            .with_quota(limit.quota(full_at, now))
    }

    pub(super) fn give_back(&self, turn: &Turn) {
        match &self.buckets {
            Buckets::Everyone { bucket, .. } => {
                turn.everyone.map(|taken| bucket.give_back(taken));
            }
            Buckets::Keyed {
                keys, each, bucket, ..
            } => {
                turn.everyone.map(|taken| bucket.give_back(taken));
                if let Some((hash, taken)) = turn.key {
                    let now = self.since_start(self.clock.now());
                    keys.give_back(hash, each.get(), now, taken);
                }
            }
        }
    }

    /// Returns the quota of everyone, or of the calls without a key.
    pub fn quota(&self, now: Instant) -> Quota {
        self.quota_of(b"", now)
    }

    /// Returns the quota of a key.
    pub fn quota_of(&self, key: &[u8], now: Instant) -> Quota {
        let now = self.since_start(now);
        match &self.buckets {
            Buckets::Everyone { bucket, limit } => limit.quota(bucket.full_at(), now),
            Buckets::Keyed { keys, each, .. } => {
                let full_at = keys.full_at(keys.hash(key), each.get(), now);
                each.quota(full_at, now)
            }
        }
    }

    /// Returns the number of calls refused since the limiter was created.
    pub fn refused(&self) -> u64 {
        self.refused.0.load(Relaxed)
    }

    /// Returns the number of calls that wait for the turn that they reserved.
    pub fn queued(&self) -> u64 {
        self.queued.load(Relaxed)
    }

    /// Returns the number of keys with a bucket that is not full, at most
    /// `max_keys`. It reads all of them, and is for metrics, not for calls.
    pub fn keys(&self, now: Instant) -> usize {
        match &self.buckets {
            Buckets::Everyone { .. } => 0,
            Buckets::Keyed { keys, .. } => keys.count(self.since_start(now)),
        }
    }

    /// Returns the key by which calls are counted.
    pub fn key(&self) -> RateLimitKey {
        self.key
    }

    /// Returns the current configuration.
    pub fn config(&self) -> RateLimitConfig {
        *self.lock_config()
    }

    /// Replaces the configuration while calls are running. Each bucket keeps
    /// its number of calls taken, up to its capacity; a full bucket stays
    /// full. During the change the more generous limit applies.
    ///
    /// # Errors
    /// [`RateLimitConfig::check`] fails, or the key, `max_keys` or the store
    /// would change, which needs a new limiter. Nothing has changed.
    pub fn configure(&self, config: RateLimitConfig) -> Result<(), InvalidPolicy> {
        if let Some(problem) = needs_shared_limiter(&config) {
            return Err(InvalidPolicy::new(PolicyKind::RateLimit, problem));
        }
        self.configure_any_store(config)
    }

    /// Replaces the configuration; whether the limit is shared may change.
    pub(crate) fn configure_any_store(&self, config: RateLimitConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut current = self.lock_config();
        if let Some(problem) = immutable_change(&current, &config) {
            return Err(InvalidPolicy::new(PolicyKind::RateLimit, problem));
        }
        self.buckets
            .configure(&config, self.since_start(self.clock.now()));
        self.wait.store(wait_of(&config), Relaxed);
        self.shared.store(is_shared(&config), Relaxed);
        *current = config;
        Ok(())
    }

    fn lock_config(&self) -> impl std::ops::DerefMut<Target = RateLimitConfig> + '_ {
        self.config
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    #[inline]
    pub(super) fn since_start(&self, now: Instant) -> u64 {
        self.start.nanos_to(now)
    }
}

/// The error for a change that a running limiter can't make.
fn immutable_change(current: &RateLimitConfig, config: &RateLimitConfig) -> Option<&'static str> {
    if current.key != config.key {
        return Some("`key` must stay as it is while the limiter runs");
    }
    if current.max_keys != config.max_keys {
        return Some("`max_keys` must stay as it is while the limiter runs");
    }
    None
}

/// The error for a configuration that needs a [`super::SharedRateLimiter`].
fn needs_shared_limiter(config: &RateLimitConfig) -> Option<&'static str> {
    is_shared(config).then_some("`store` must be local: a `SharedRateLimiter` counts elsewhere")
}

fn is_shared(config: &RateLimitConfig) -> bool {
    config.store.is_shared()
}

fn wait_of(config: &RateLimitConfig) -> u64 {
    config.wait.map_or(0, nanoseconds)
}
