//! A gate's limit of the rate: of this process, or shared with others.
//!
//! Where a limit is counted is known later than what it is: contracts and
//! configurations say that it is shared, and the program with whom.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::Gate;
use super::pass::Pass;
use super::steps::Turn;
use crate::context::Context;
use crate::metrics::Side;
use crate::policy::rate_limit::{RateLimitKey, RateLimitStore, RateLimiter, SharedStore, Sharing};
use crate::policy::tally::PolicySnapshot;
use crate::policy::{InvalidPolicy, PolicyKind, Refusal, RefusalReason, SidePolicies};
use crate::status::Status;

impl Gate {
    /// Counts the limit in this store, if it is shared and no other store was
    /// given before.
    pub(crate) fn share(&self, store: &Arc<dyn SharedStore>) {
        self.sharing.get_or_init(|| Some(self.sharing(store)));
    }

    /// No other store will be given: says whether the limit needs one that it
    /// has not.
    #[cfg(feature = "transport")]
    pub(crate) fn lacks_store(&self, last: Option<&Arc<dyn SharedStore>>) -> bool {
        let sharing = self
            .sharing
            .get_or_init(|| last.map(|store| self.sharing(store)));
        sharing.is_none() && self.rate_limit.get().is_some_and(RateLimiter::is_shared)
    }

    fn sharing(&self, store: &Arc<dyn SharedStore>) -> Sharing {
        let side = match self.side {
            Side::Client => "client",
            Side::Server => "server",
        };
        Sharing::new(Arc::clone(store), format!("{side}:{}", self.name))
    }

    /// A limit can't come to be shared where nobody said with whom.
    pub(super) fn check_store(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        let shared = |limit: crate::policy::rate_limit::RateLimitConfig| {
            limit.stored() == RateLimitStore::Redis
        };
        if policies.rate_limit.is_some_and(shared) && matches!(self.sharing.get(), Some(None)) {
            return Err(InvalidPolicy::new(
                PolicyKind::RateLimit,
                "`store` must be local: the server was given no store by `rate_limit_store`",
            ));
        }
        Ok(())
    }

    /// Lets a call pass, or tells it what to wait for.
    #[inline]
    pub(super) fn take_rate<'a>(
        &'a self,
        cx: &Context,
        pass: &Pass<'a>,
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

    /// The key of a call by an argument, which `write` writes; `None` where
    /// there is no such limit.
    #[cfg(feature = "transport")]
    pub(crate) fn argument_key(&self, write: impl FnOnce(&mut dyn Hasher)) -> Option<ArgumentKey> {
        let limiter = self
            .rate_limit
            .get()
            .filter(|limiter| is_by_argument(limiter))?;
        Some(match limiter.is_shared() {
            true => ArgumentKey::shared(write),
            false => ArgumentKey::hashed(write),
        })
    }

    /// Leave for a call from the limit by an argument, where there is one.
    #[cfg(feature = "transport")]
    pub(crate) async fn admit_argument(
        &self,
        key: &ArgumentKey,
        cx: &Context,
    ) -> Result<(), Status> {
        let Some(limiter) = self.rate_limit.get() else {
            return Ok(());
        };
        let told = match key {
            ArgumentKey::Shared(key) => self.shared_turn(limiter, key, cx.deadline()).await,
            ArgumentKey::Hashed(key) => match limiter.turn(key, cx.deadline()) {
                Ok(turn) => {
                    turn.ready().await;
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            },
        };
        told.map_err(|refusal| self.refused(refusal))
    }

    pub(super) async fn shared_turn(
        &self,
        limiter: &RateLimiter,
        key: &[u8],
        deadline: Option<Instant>,
    ) -> Result<(), Refusal> {
        let Some(Some(sharing)) = self.sharing.get() else {
            return Err(Refusal::new(
                PolicyKind::RateLimit,
                RefusalReason::StoreMissing,
            ));
        };
        let fallbacks = self.tally.limited_locally();
        sharing.turn(limiter, key, deadline, fallbacks).await
    }

    /// Adds who judges a limit that is shared.
    pub(super) fn add_shared_limit(&self, snapshot: &mut PolicySnapshot) {
        let Some(Some(sharing)) = self.sharing.get() else {
            return;
        };
        if self.rate_limit.get().is_some_and(RateLimiter::is_shared) {
            let sum = snapshot.shared_limits.get_or_insert_default();
            match sharing.is_away() {
                true => sum.local += 1,
                false => sum.shared += 1,
            }
        }
    }
}

/// What tells callers apart by an argument.
#[cfg(feature = "transport")]
#[derive(Debug)]
pub(crate) enum ArgumentKey {
    /// A hash by keys that nobody outside knows: a caller can't make an
    /// argument that counts as somebody else's.
    Hashed([u8; 8]),
    /// The argument as its `Hash` writes it. All processes that share a limit
    /// must read it alike, so there is no secret, and nothing is hashed.
    Shared(Vec<u8>),
}

#[cfg(feature = "transport")]
impl ArgumentKey {
    fn hashed(write: impl FnOnce(&mut dyn Hasher)) -> Self {
        static KEYS: OnceLock<RandomState> = OnceLock::new();
        let mut hasher = KEYS.get_or_init(RandomState::new).build_hasher();
        write(&mut hasher);
        Self::Hashed(hasher.finish().to_le_bytes())
    }

    fn shared(write: impl FnOnce(&mut dyn Hasher)) -> Self {
        let mut written = Written(Vec::new());
        write(&mut written);
        Self::Shared(written.0)
    }
}

/// Keeps what a `Hash` writes, which is the same in all programs of one
/// compiler on machines of one byte order. Where two processes differ, as
/// while a new compiler is rolled out, they count apart.
#[cfg(feature = "transport")]
struct Written(Vec<u8>);

#[cfg(feature = "transport")]
impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nobody asks.
    fn finish(&self) -> u64 {
        0
    }
}

/// A limit by an argument waits until the arguments have been read.
fn is_by_argument(limiter: &RateLimiter) -> bool {
    matches!(limiter.key(), RateLimitKey::Argument(_))
}
