//! A gate's limit of the rate: of this process, or shared with others.
//!
//! Where a limit is counted is known later than what it is: contracts and
//! configurations say that it is shared, and the program with whom.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::Admission;
use super::permits::Permits;
use super::steps::Turn;
use crate::model::context::Context;
use crate::model::policies::rate_limit::{RateLimitKey, RateLimitStore};
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::model::side::Side;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::rate_limit::{RateLimiter, SharedStore, Sharing};
use crate::policy::snapshot::PolicySnapshot;

impl Admission {
    /// Counts the limit in this store, if it is shared and no other store was
    /// given before.
    pub(crate) fn share(&self, store: &Arc<dyn SharedStore>) {
        self.sharing.get_or_init(|| self.sharing(store));
    }

    /// Counts the limit in this store, if it is shared and the program gives
    /// none.
    #[cfg(all(feature = "config", feature = "redis"))]
    pub(crate) fn set_default_store(&self, store: &Arc<dyn SharedStore>) {
        self.offered.get_or_init(|| self.sharing(store));
    }

    /// The program gives this store, or none, and no other one after it: says
    /// whether the limit needs one that it has not.
    #[cfg(feature = "transport")]
    pub(crate) fn lacks_store(&self, last: Option<&Arc<dyn SharedStore>>) -> bool {
        if let Some(store) = last {
            self.share(store);
        }
        self.mounted.store(true, Ordering::Release);
        self.shared().is_none() && self.rate_limit.get().is_some_and(RateLimiter::is_shared)
    }

    /// Where the limit is counted, if anybody has said so by now.
    fn shared(&self) -> Option<&Sharing> {
        self.sharing.get().or_else(|| self.offered.get())
    }

    fn sharing(&self, store: &Arc<dyn SharedStore>) -> Sharing {
        let side = match self.side {
            Side::Client => "client",
            Side::Server => "server",
        };
        Sharing::new(Arc::clone(store), format!("{side}:{}", self.name))
    }

    /// A limit can't come to be shared where nobody said with whom.
    pub(crate) fn check_store(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let shared = |limit: crate::model::policies::rate_limit::RateLimitConfig| {
            limit.store == RateLimitStore::Redis
        };
        let is_wanted = policies.rate_limit.is_some_and(shared);
        let is_mounted = self.mounted.load(Ordering::Acquire);
        if !is_wanted || !is_mounted || self.shared().is_some() {
            return Ok(());
        }
        Err(InvalidPolicy::new(
            PolicyKind::RateLimit,
            "`store` must be local: the server was given no store, neither by `rate_limit_store` \
             nor by a configuration's `[redis]`",
        ))
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
        let Some(sharing) = self.shared() else {
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
        let Some(sharing) = self.shared() else {
            return;
        };
        if limiter.is_shared() {
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
