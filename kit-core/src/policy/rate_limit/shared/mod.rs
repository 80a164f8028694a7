//! A rate limit that many processes share.
//!
//! ```text
//!               ┌────────── the store responds ──────────────┐
//!   call ──▶ store                                           ├──▶ passes, waits, or is refused
//!               └─ unavailable ──▶ limiter of this process ──┘
//! ```
//!
//! Four processes with `100/s` each admit 400 calls a second. A shared limiter
//! uses a store, which counts for all processes by its own clock, at the price
//! of one round trip for each call.
//!
//! A store may be unavailable, and a limit is not worth an outage: the limiter
//! of each process then decides, with the same values, at once, until the
//! store is back. No call fails because the store did, and none waits for it
//! longer than the store's own time limit. Meanwhile each process admits the
//! limit for itself, and continues from what it has used: a store that fails
//! repeatedly opens no new burst.
//!
//! A new configuration takes effect with the next call, and each bucket keeps
//! its number of calls taken. If processes differ in their configurations, as
//! during a rollout, each decides by its own.
//!
//! A call that is cancelled while it waits has used its turn: returning it
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

/// Limits the rate of calls over many processes; see the
/// [module](super).
///
/// While the store is unavailable, each process applies the limit by itself.
///
/// ```
/// use std::time::Duration;
/// use kit::policy::rate_limit::{Rate, RateLimitConfig, SharedRateLimiter, SharedStore};
///
/// # fn example(store: impl SharedStore) {
/// // The store is a `kit::RedisStore`, or one of your own.
/// let config = RateLimitConfig::new(Rate::new(100, Duration::from_secs(1))).burst(20);
/// // A middleware of a method, or `limiter.run(..)` around any future.
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
    /// Creates a limiter, which is shared with those of the same name in the
    /// same store. The store of the configuration is ignored.
    ///
    /// # Panics
    /// [`RateLimitConfig::check`] fails.
    pub fn new(name: &'static str, config: RateLimitConfig, store: impl SharedStore) -> Self {
        Self {
            local: RateLimiter::of_any_store(config, Clock::default()).named(name),
            sharing: Sharing::new(Arc::new(store), name),
            fallbacks: AtomicU64::new(0),
        }
    }

    /// Returns its name.
    pub fn name(&self) -> &'static str {
        self.local.name()
    }

    /// Waits until a call may start, within the wait of the configuration and
    /// the deadline of the current context.
    ///
    /// # Errors
    /// The refusal, if its turn would come too late.
    pub async fn admit(&self) -> Result<(), Refusal> {
        self.admit_key(b"").await
    }

    /// Waits until a call with this key may start.
    ///
    /// # Errors
    /// The refusal, if its turn would come too late.
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

    /// Whether the store is unavailable, so that this process decides locally.
    pub fn is_away(&self) -> bool {
        self.sharing.is_away()
    }

    /// Returns the number of calls that this process decided locally, as the
    /// store did not respond.
    pub fn fallbacks(&self) -> u64 {
        self.fallbacks.load(Ordering::Relaxed)
    }

    /// Returns the number of calls of this process that were refused.
    pub fn refused(&self) -> u64 {
        self.local.refused()
    }

    /// Returns the number of calls of this process that wait for their turn.
    /// Calls that wait for the store's response are not included.
    pub fn queued(&self) -> u64 {
        self.local.queued()
    }

    /// Returns the current configuration.
    pub fn config(&self) -> RateLimitConfig {
        self.local.config()
    }

    /// Replaces the configuration of this process while calls are running. The
    /// buckets in the store use it from the next call on, and keep their
    /// number of calls taken.
    ///
    /// # Errors
    /// [`RateLimitConfig::check`] fails, or the key or `max_keys` would change.
    /// Nothing has changed.
    pub fn configure(&self, config: RateLimitConfig) -> Result<(), InvalidPolicy> {
        self.local.configure_any_store(config)
    }
}
