//! A gate's limit of the rate: of this process, or shared with others.
//!
//! Where a limit is counted is known later than what it is: contracts and
//! configurations say that it is shared, and the program with whom.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tokio::time::Instant;

use super::Admission;
use super::permits::Permits;
use super::steps::Turn;
use crate::model::context::Context;
use crate::model::policies::rate_limit::RateLimitKey;
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::model::side::Side;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::rate_limit::{RateLimiter, SharedStore, Sharing};
use crate::policy::snapshot::PolicySnapshot;

/// Why a limit can't come to be shared.
pub(crate) const STORE_MISSING: &str = "`store` must be local: the server was given no such store, \
     neither by `rate_limit_store` nor by a table of a configuration";

impl Admission {
    /// Counts the limit in this store, if it is shared and no other store was
    /// given before.
    pub(crate) fn share(&self, store: &Arc<dyn SharedStore>) {
        self.sharing.get_or_init(|| self.sharing(store));
    }

    /// Counts the limit in this store, if it is shared under this name and the
    /// program gives no store. The first of a name stays.
    #[cfg(feature = "config")]
    pub(crate) fn set_default_store(&self, name: &'static str, store: &Arc<dyn SharedStore>) {
        let mut offered = self.offered.write().unwrap_or_else(PoisonError::into_inner);
        if !offered.iter().any(|(known, _)| *known == name) {
            offered.push((name, self.sharing(store)));
        }
    }

    /// The program gives this store, or none, and no other one after it.
    /// Returns the name of the store that the limit needs and has not.
    #[cfg(feature = "transport")]
    pub(crate) fn lacks_store(&self, last: Option<&Arc<dyn SharedStore>>) -> Option<&'static str> {
        if let Some(store) = last {
            self.share(store);
        }
        self.mounted.store(true, Ordering::Release);
        let limiter = self
            .rate_limit
            .get()
            .filter(|limiter| limiter.is_shared())?;
        let name = limiter.config().store.name();
        self.shared(name).is_none().then_some(name)
    }

    /// Where a limit of the store of this name is counted, once that is known.
    fn shared(&self, name: &str) -> Option<Arc<Sharing>> {
        if let Some(given) = self.sharing.get() {
            return Some(Arc::clone(given));
        }
        let offered = self.offered.read().unwrap_or_else(PoisonError::into_inner);
        let found = offered.iter().find(|(known, _)| *known == name);
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

    /// A limit can't come to be shared where nobody said with whom.
    pub(crate) fn check_store(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let stored = policies.rate_limit.map(|limit| limit.store);
        let Some(wanted) = stored.filter(|stored| stored.is_shared()) else {
            return Ok(());
        };
        let is_mounted = self.mounted.load(Ordering::Acquire);
        if !is_mounted || self.shared(wanted.name()).is_some() {
            return Ok(());
        }
        Err(InvalidPolicy::new(PolicyKind::RateLimit, STORE_MISSING))
    }

    /// Lets a call pass, or tells it what to wait for.
    #[inline]
    pub(crate) fn take_rate<'a>(
        &'a self,
        cx: &Context,
        pass: &Permits<'a>,
        now: Instant,
    ) -> Result<Option<Turn<'a>>, Refusal> {
        let Some(limiter) = self.rate_limit.get() else {
            return Ok(None);
        };
        if is_by_argument(limiter) {
            return Ok(None);
        }
        if limiter.is_shared() {
            let key = limiter.key().read(cx, <[u8]>::to_vec);
            return Ok(Some(Turn::Shared { limiter, key }));
        }
        let turn = |key: &[u8]| limiter.turn_at(key, pass.deadline, now.into_std());
        let turn = limiter.key().read(cx, turn)?;
        if turn.wait().is_zero() {
            turn.start();
            return Ok(None);
        }
        Ok(Some(Turn::Rate(turn)))
    }

    pub(crate) async fn shared_turn(
        &self,
        limiter: &RateLimiter,
        key: &[u8],
        deadline: Option<Instant>,
    ) -> Result<(), Refusal> {
        let Some(sharing) = self.shared(limiter.config().store.name()) else {
            return Err(Refusal::new(
                PolicyKind::RateLimit,
                RefusalReason::StoreMissing,
            ));
        };
        let fallbacks = self.counters.limited_locally();
        sharing.turn(limiter, key, deadline, fallbacks).await
    }

    /// Adds who waits for the limit, and who judges one that is shared.
    pub(crate) fn add_rate_limit(&self, snapshot: &mut PolicySnapshot) {
        let Some(limiter) = self.rate_limit.get() else {
            return;
        };
        let queued = limiter.queued();
        // Some may still wait for a limit that has ceased to let calls wait.
        if limiter.waits() || queued > 0 {
            *snapshot.rate_limit_queued.get_or_insert_default() += queued;
        }
        if !limiter.is_shared() {
            return;
        }
        if let Some(sharing) = self.shared(limiter.config().store.name()) {
            let sum = snapshot.shared_limits.get_or_insert_default();
            match sharing.is_away() {
                true => sum.local += 1,
                false => sum.shared += 1,
            }
        }
    }
}

/// A limit by an argument waits until the arguments have been read.
pub(crate) fn is_by_argument(limiter: &RateLimiter) -> bool {
    matches!(limiter.key(), RateLimitKey::Argument(_))
}
