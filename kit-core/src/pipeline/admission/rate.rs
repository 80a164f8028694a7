//! The rate limit of a method: local to this process, or shared with others.
//!
//! The store of a shared limit is known later than its values: contracts and
//! configurations declare that it is shared, and the program passes the store.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tokio::time::Instant;

use super::Admission;
use super::permits::Permits;
use super::steps::WaitFor;
use crate::model::context::Context;
use crate::model::policies::rate_limit::RateLimitKey;
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::model::side::Side;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::rate_limit::{RateLimiter, SharedStore, Sharing};
use crate::policy::snapshot::PolicySnapshot;

/// The error of a limit that would become shared without a store.
pub(crate) const STORE_MISSING: &str = "`store` must be local: the server has no such store, \
     neither from `rate_limit_store` nor from a table of a configuration";

impl Admission {
    /// Sets the store that counts the limit if it is shared. Only the first call
    /// has an effect.
    pub(crate) fn set_store(&self, store: &Arc<dyn SharedStore>) {
        self.store.get_or_init(|| self.sharing(store));
    }

    /// Sets the store that counts the limit if it is shared under this name and
    /// the program sets none. The first store of a name is kept.
    #[cfg(feature = "config")]
    pub(crate) fn set_default_store(&self, name: &'static str, store: &Arc<dyn SharedStore>) {
        let mut stores = self
            .default_stores
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !stores.iter().any(|(known, _)| *known == name) {
            stores.push((name, self.sharing(store)));
        }
    }

    /// Sets the store of the server, if it has one and the program has set none
    /// before, and marks the method as mounted. Returns the name of the store
    /// that the limit needs and lacks.
    #[cfg(feature = "transport")]
    pub(crate) fn lacks_store(&self, last: Option<&Arc<dyn SharedStore>>) -> Option<&'static str> {
        if let Some(store) = last {
            self.set_store(store);
        }
        self.mounted.store(true, Ordering::Release);
        let limiter = self
            .rate_limit
            .get()
            .filter(|limiter| limiter.is_shared())?;
        let name = limiter.config().store.name();
        self.effective_store(name).is_none().then_some(name)
    }

    /// The store in effect for a limit with this store name, if one is set.
    fn effective_store(&self, name: &str) -> Option<Arc<Sharing>> {
        if let Some(given) = self.store.get() {
            return Some(Arc::clone(given));
        }
        let stores = self
            .default_stores
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let found = stores.iter().find(|(known, _)| *known == name);
        found.map(|(_, sharing)| Arc::clone(sharing))
    }

    fn sharing(&self, store: &Arc<dyn SharedStore>) -> Arc<Sharing> {
        let side = match self.side {
            Side::Client => "client",
            Side::Server => "server",
        };
        Arc::new(Sharing::new(
            Arc::clone(store),
            format!("{side}:{}", self.name),
        ))
    }

    /// Checks that a mounted method's limit does not become shared without a
    /// store.
    pub(crate) fn check_store(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let stored = policies.rate_limit.map(|limit| limit.store);
        let Some(wanted) = stored.filter(|stored| stored.is_shared()) else {
            return Ok(());
        };
        let is_mounted = self.mounted.load(Ordering::Acquire);
        if !is_mounted || self.effective_store(wanted.name()).is_some() {
            return Ok(());
        }
        Err(InvalidPolicy::new(PolicyKind::RateLimit, STORE_MISSING))
    }

    /// Applies the rate limit: admits the call, queues it, or refuses it.
    #[inline]
    pub(crate) fn apply_rate_limit<'a>(
        &'a self,
        cx: &Context,
        permits: &Permits<'a>,
        now: Instant,
    ) -> Result<Option<WaitFor<'a>>, Refusal> {
        let Some(limiter) = self.rate_limit.get() else {
            return Ok(None);
        };
        if is_by_argument(limiter) {
            return Ok(None);
        }
        if limiter.is_shared() {
            let key = limiter.key().read(cx, <[u8]>::to_vec);
            return Ok(Some(WaitFor::SharedLimit { limiter, key }));
        }
        let turn = |key: &[u8]| limiter.turn_at(key, permits.deadline, now.into_std());
        let turn = limiter.key().read(cx, turn)?;
        if turn.wait().is_zero() {
            turn.start();
            return Ok(None);
        }
        Ok(Some(WaitFor::RateLimit(turn)))
    }

    /// Counts a call in the store of a shared limit, and waits if the limit
    /// queues it.
    pub(crate) async fn wait_for_shared_limit(
        &self,
        limiter: &RateLimiter,
        key: &[u8],
        deadline: Option<Instant>,
    ) -> Result<(), Refusal> {
        let Some(sharing) = self.effective_store(limiter.config().store.name()) else {
            return Err(Refusal::new(
                PolicyKind::RateLimit,
                RefusalReason::StoreMissing,
            ));
        };
        let fallbacks = self.counters.limited_locally();
        sharing.turn(limiter, key, deadline, fallbacks).await
    }

    /// Adds the number of queued calls, and where a shared limit is counted.
    pub(crate) fn add_rate_limit(&self, snapshot: &mut PolicySnapshot) {
        let Some(limiter) = self.rate_limit.get() else {
            return;
        };
        let queued = limiter.queued();
        // Calls may still be queued after `wait` was switched off.
        if limiter.waits() || queued > 0 {
            *snapshot.rate_limit_queued.get_or_insert_default() += queued;
        }
        if !limiter.is_shared() {
            return;
        }
        if let Some(sharing) = self.effective_store(limiter.config().store.name()) {
            let sum = snapshot.shared_limits.get_or_insert_default();
            match sharing.is_away() {
                true => sum.local += 1,
                false => sum.shared += 1,
            }
        }
    }
}

/// Whether the limit is by an argument, and so runs after the request is decoded.
pub(crate) fn is_by_argument(limiter: &RateLimiter) -> bool {
    matches!(limiter.key(), RateLimitKey::Argument(_))
}
