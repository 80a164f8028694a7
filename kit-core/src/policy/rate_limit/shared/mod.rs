//! A limit that many processes share.
//!
//! ```text
//!             ┌────────── the store answers ──────────┐
//!   call ──▶ ask the store                            ├──▶ passes, waits, or is refused
//!             └─ away ──▶ the limiter of this process ┘
//! ```
//!
//! Four processes with `100/s` each let 400 calls a second pass. A shared
//! limiter asks a store, which counts for all on its own clock, for the price
//! of one round trip a call.
//!
//! A store may be away, and a limit is not worth an outage: then the limiter
//! of each process judges, by the same values, at once, until the store is
//! back. No call fails because the store did, and none waits for it longer
//! than the store's own limit. What is let pass meanwhile is so many times the
//! limit as there are processes, and a process goes on from what it has used
//! itself: a store that comes and goes opens no new burst.
//!
//! Other values take effect with the next call, and as many calls are taken
//! from each bucket afterwards as were before. Where processes differ in their
//! values, as while a new version is rolled out, each judges by its own.
//!
//! A caller that goes away while it waits has used its turn: to give it back
//! would cost another round trip.

mod factory;
mod middleware;
mod sharing;
mod store;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

#[cfg(any(feature = "config", feature = "transport"))]
pub(crate) use self::factory::store_help;
pub use self::factory::{BuildStore, JudgeText, StoreFactory, StoreKey, StoreSettings, StoreValue};
#[cfg(feature = "config")]
pub(crate) use self::factory::{StoreKeyKind, registered};
pub(crate) use self::sharing::Sharing;
pub use self::store::{BucketLimit, SharedStore, StoreAnswer, StoreRequest, Taking};
use super::limiter::RateLimiter;
use crate::model::context::Context;
use crate::model::policies::invalid::InvalidPolicy;
use crate::model::policies::rate_limit::RateLimitConfig;
use crate::model::status::refusal::Refusal;
use crate::policy::support::clock::Clock;

/// Lets so many calls pass in a time, of all processes together.
///
/// ```
/// use std::time::Duration;
/// use kit::policy::rate_limit::{Rate, RateLimitConfig, SharedRateLimiter, SharedStore};
///
/// # fn example(store: impl SharedStore) {
/// // The store is a `kit::RedisStore`, or one of your own.
/// let config = RateLimitConfig::new(Rate::new(100, Duration::from_secs(1))).burst(20);
/// // A middleware before a method, or `limiter.run(..)` around any future.
/// let limiter = SharedRateLimiter::new("mail", config, store);
/// # drop(limiter);
/// # }
/// ```
#[derive(Debug)]
pub struct SharedRateLimiter {
    local: RateLimiter,
    sharing: Sharing,
    fallbacks: AtomicU64,
}

impl SharedRateLimiter {
    /// A limiter of this name, which is shared with those of the same name in
    /// the same store. What the configuration says of a store makes no
    /// difference.
    ///
    /// # Panics
    /// Where [`RateLimitConfig::check`] fails.
    pub fn new(name: &'static str, config: RateLimitConfig, store: impl SharedStore) -> Self {
        Self {
            local: RateLimiter::of_any_store(config, Clock::default()).named(name),
            sharing: Sharing::new(Arc::new(store), name),
            fallbacks: AtomicU64::new(0),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.local.name()
    }

    /// Returns when a call may start; it waits as long as the configuration
    /// allows, and not past the ambient context's deadline.
    ///
    /// # Errors
    /// The refusal, where its turn would come too late.
    pub async fn admit(&self) -> Result<(), Refusal> {
        self.admit_key(b"").await
    }

    /// Returns when a call of this key may start.
    ///
    /// # Errors
    /// The refusal, where its turn would come too late.
    pub async fn admit_key(&self, key: &[u8]) -> Result<(), Refusal> {
        self.turn(key, Context::current().deadline()).await
    }

    async fn turn(&self, key: &[u8], deadline: Option<Instant>) -> Result<(), Refusal> {
        let Self {
            local,
            sharing,
            fallbacks,
        } = self;
        sharing.turn(local, key, deadline, fallbacks).await
    }

    /// Whether the store is away, so that this process judges by itself.
    pub fn is_away(&self) -> bool {
        self.sharing.is_away()
    }

    /// How many calls this process judged by itself, as it had no answer from
    /// the store.
    pub fn fallbacks(&self) -> u64 {
        self.fallbacks.load(Ordering::Relaxed)
    }

    /// How many calls of this process were refused.
    pub fn refused(&self) -> u64 {
        self.local.refused()
    }

    /// How many calls of this process wait for the turn that they were
    /// promised. Those that wait for the store's answer are not among them.
    pub fn queued(&self) -> u64 {
        self.local.queued()
    }

    /// Its values now.
    pub fn config(&self) -> RateLimitConfig {
        self.local.config()
    }

    /// Changes the values of this process while calls go on. The buckets in
    /// the store take them with the next call, and keep how many calls are
    /// taken.
    ///
    /// # Errors
    /// Where [`RateLimitConfig::check`] fails, or the key or `max_keys` would
    /// change. Nothing has changed then.
    pub fn configure(&self, config: RateLimitConfig) -> Result<(), InvalidPolicy> {
        self.local.configure_any_store(config)
    }
}
