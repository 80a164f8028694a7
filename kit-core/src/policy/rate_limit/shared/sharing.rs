//! The turn of one call, by the store if it responds, otherwise locally.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::store::{BucketLimit, SharedStore, StoreAnswer, StoreRequest};
use crate::model::status::refusal::Refusal;
use crate::policy::rate_limit::buckets::Buckets;
use crate::policy::rate_limit::gcra::{Limit, nanoseconds};
use crate::policy::rate_limit::limiter::RateLimiter;

/// The store of a shared limiter, and the limiter's name there.
#[derive(Debug)]
pub(crate) struct Sharing {
    store: Arc<dyn SharedStore>,
    /// The name, the same in all processes that share the limit.
    limiter: Box<str>,
}

impl Sharing {
    pub(crate) fn new(store: Arc<dyn SharedStore>, limiter: impl Into<Box<str>>) -> Self {
        Self {
            store,
            limiter: limiter.into(),
        }
    }

    pub(crate) fn is_away(&self) -> bool {
        self.store.is_away()
    }

    /// Waits until the call may start. `local` has the configuration, and
    /// decides if the store is unavailable, which `fallbacks` counts.
    pub(crate) async fn turn(
        &self,
        local: &RateLimiter,
        key: &[u8],
        deadline: Option<Instant>,
        fallbacks: &AtomicU64,
    ) -> Result<(), Refusal> {
        match self.take(local, key, deadline).await {
            Some(StoreAnswer::Granted { wait }) => {
                local.mirror(key, wait);
                if let Some(_queued) = local.queue(wait) {
                    tokio::time::sleep(wait).await;
                }
                Ok(())
            }
            Some(StoreAnswer::Refused {
                by_total,
                wait,
                taken,
            }) => Err(local.refuse_shared(by_total, wait, taken)),
            None => {
                fallbacks.fetch_add(1, Ordering::Relaxed);
                local.turn(key, deadline)?.ready().await;
                Ok(())
            }
        }
    }

    async fn take(
        &self,
        local: &RateLimiter,
        key: &[u8],
        deadline: Option<Instant>,
    ) -> Option<StoreAnswer> {
        if self.store.is_away() {
            return None;
        }
        let (limit, total) = local.limits();
        let wait_max = local.wait_max();
        let request = StoreRequest {
            limiter: &self.limiter,
            key,
            limit: limit.into(),
            total: total.map(BucketLimit::from),
            longest: until(deadline, wait_max, local.clock.now()),
            wait_max,
            deadline,
        };
        self.store.take(&request).await
    }
}

/// The longest wait of a call with this deadline.
fn until(deadline: Option<Instant>, wait_max: Duration, now: std::time::Instant) -> Duration {
    match deadline {
        Some(deadline) => wait_max.min(deadline.into_std().saturating_duration_since(now)),
        None => wait_max,
    }
}

impl From<Limit> for BucketLimit {
    fn from(limit: Limit) -> Self {
        Self {
            step: Duration::from_nanos(limit.step),
            capacity: Duration::from_nanos(limit.capacity),
        }
    }
}

impl RateLimiter {
    /// The limit of each key, and the total.
    fn limits(&self) -> (Limit, Option<Limit>) {
        match &self.buckets {
            Buckets::Everyone { limit, .. } => (limit.get(), None),
            Buckets::Keyed { each, total, .. } => {
                (each.get(), Some(total.get()).filter(|total| total.step > 0))
            }
        }
    }

    /// Takes a call that the store admitted from the local buckets too, as far
    /// as they hold any. So a process whose store fails continues from what it
    /// has used: full buckets would admit a burst each time that a store
    /// fails.
    fn mirror(&self, key: &[u8], wait: Duration) {
        let now = self.since_start(self.clock.now());
        let wait = nanoseconds(wait);
        // An empty bucket stays as it is: the store's decision applies.
        match &self.buckets {
            Buckets::Everyone { bucket, limit } => {
                let _ = bucket.take(limit.get(), now, wait);
            }
            Buckets::Keyed {
                keys,
                each,
                bucket,
                total,
            } => {
                let total = total.get();
                if total.step > 0 {
                    let _ = bucket.take(total, now, wait);
                }
                let hash = keys.hash(key);
                let _ = keys.take(hash, each.get(), now, wait, || Ok(()), |_, wait| wait);
            }
        }
    }

    /// Creates the refusal of the store, which knows what is taken.
    #[cold]
    fn refuse_shared(&self, by_total: bool, wait: Duration, taken: Duration) -> Refusal {
        let limit = match &self.buckets {
            Buckets::Everyone { limit, .. } => limit,
            Buckets::Keyed { total, .. } if by_total => total,
            Buckets::Keyed { each, .. } => each,
        };
        self.refuse(limit, nanoseconds(taken), 0, nanoseconds(wait))
    }
}
