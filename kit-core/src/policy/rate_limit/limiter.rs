//! The limiter: buckets, the time, and what a refused caller is told.

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

/// Lets so many calls pass in a time; see the [module](super).
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
    /// Whether others share the limit, and this is what stands in for them.
    shared: AtomicBool,
    refused: Padded,
    queued: AtomicU64,
    config: Mutex<RateLimitConfig>,
    key: RateLimitKey,
}

/// Away from what every call reads: under a flood each refusal writes it.
#[derive(Debug)]
#[repr(align(64))]
struct Padded(AtomicU64);

impl RateLimiter {
    /// A limiter on tokio's clock; its buckets are full.
    ///
    /// # Panics
    /// Where [`RateLimitConfig::check`] fails, or the store is not
    /// [local](crate::model::policies::rate_limit::RateLimitStore::Local): that needs a
    /// [`SharedRateLimiter`](super::SharedRateLimiter).
    pub fn new(config: RateLimitConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// A limiter on a clock of one's own.
    ///
    /// # Panics
    /// As with [`RateLimiter::new`].
    pub fn with_clock(config: RateLimitConfig, clock: Clock) -> Self {
        if let Some(problem) = not_alone(&config) {
            panic!("{problem}");
        }
        Self::of_any_store(config, clock)
    }

    /// A limiter that may be what stands in for a shared one.
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

    /// The same with a name, for events and metrics.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Its name; empty where it was given none.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Lets a call pass now, or refuses it. With a key, the calls that have
    /// none share a limit.
    ///
    /// # Errors
    /// The refusal with the quota and the time after which a call passes.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<(), Refusal> {
        self.admit_key(b"", now)
    }

    /// Lets a call of this key pass now, or refuses it. The key is not asked
    /// for where the limit is for everyone.
    ///
    /// # Errors
    /// The refusal with the quota and the time after which a call passes.
    #[inline]
    pub fn admit_key(&self, key: &[u8], now: Instant) -> Result<(), Refusal> {
        self.take(key, now, 0).map(drop)
    }

    /// The longest that any call waits.
    pub(super) fn wait_max(&self) -> Duration {
        Duration::from_nanos(self.wait.load(Relaxed))
    }

    /// Whether calls may wait, so that a deadline matters.
    #[inline]
    pub(crate) fn waits(&self) -> bool {
        self.wait.load(Relaxed) != 0
    }

    /// Counts a call with a wait before it as one that waits.
    #[inline]
    pub(super) fn queue(&self, wait: Duration) -> Option<Queued<'_>> {
        (!wait.is_zero()).then(|| Queued::new(&self.queued))
    }

    /// Whether the limit is to be shared with other processes.
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

    /// What callers are told of the limit of everyone, or of the calls that
    /// have no key.
    pub fn quota(&self, now: Instant) -> Quota {
        self.quota_of(b"", now)
    }

    /// What callers with this key are told of their limit.
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

    /// How many calls were refused since the limiter was made.
    pub fn refused(&self) -> u64 {
        self.refused.0.load(Relaxed)
    }

    /// How many calls were promised a turn that has not come yet, and wait for
    /// it.
    pub fn queued(&self) -> u64 {
        self.queued.load(Relaxed)
    }

    /// How many keys have a bucket that is not full: at most `max_keys`. It
    /// looks at all of them, and is for metrics, not for calls.
    pub fn keys(&self, now: Instant) -> usize {
        match &self.buckets {
            Buckets::Everyone { .. } => 0,
            Buckets::Keyed { keys, .. } => keys.count(self.since_start(now)),
        }
    }

    /// What the limit is for.
    pub fn key(&self) -> RateLimitKey {
        self.key
    }

    /// Its values now.
    pub fn config(&self) -> RateLimitConfig {
        *self.lock_config()
    }

    /// Changes the values while calls go on. As many calls are taken from each
    /// bucket afterwards as were before, or all that it has; a bucket that was
    /// full stays full. While the change is under way a call is judged by the
    /// more generous limit.
    ///
    /// # Errors
    /// Where [`RateLimitConfig::check`] fails, or the key, `max_keys` or the
    /// store would change: those need a new limiter. Nothing has changed then.
    pub fn configure(&self, config: RateLimitConfig) -> Result<(), InvalidPolicy> {
        if let Some(problem) = not_alone(&config) {
            return Err(InvalidPolicy::new(PolicyKind::RateLimit, problem));
        }
        self.configure_any_store(config)
    }

    /// The same where the limit may come to be shared, or cease to be.
    pub(crate) fn configure_any_store(&self, config: RateLimitConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut current = self.lock_config();
        if let Some(problem) = fixed(&current, &config) {
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

/// Which key of a running limiter would change that can't.
fn fixed(current: &RateLimitConfig, config: &RateLimitConfig) -> Option<&'static str> {
    if current.key != config.key {
        return Some("`key` must stay as it is while the limiter runs");
    }
    if current.max_keys != config.max_keys {
        return Some("`max_keys` must stay as it is while the limiter runs");
    }
    None
}

/// Why a limiter can't have these values by itself.
fn not_alone(config: &RateLimitConfig) -> Option<&'static str> {
    is_shared(config).then_some("`store` must be local: a `SharedRateLimiter` counts elsewhere")
}

fn is_shared(config: &RateLimitConfig) -> bool {
    config.store.is_shared()
}

fn wait_of(config: &RateLimitConfig) -> u64 {
    config.wait.map_or(0, nanoseconds)
}
