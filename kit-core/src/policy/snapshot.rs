//! What the policies of a method did and do, as values for metrics to read.

use crate::model::side::Side;
use crate::model::status::refusal::RefusalReason;
use crate::policy::breaker::BreakerState;
use crate::policy::cache::CacheSnapshot;
use crate::policy::fallback::FallbackSnapshot;
use crate::policy::hedge::HedgeSnapshot;
use crate::policy::retry::RetrySnapshot;
use crate::policy::support::changes::StateChanges;

/// What the policies of one method on one side did and do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PolicySnapshot {
    /// Whose policies they are.
    pub side: Side,
    /// The service's name on the wire.
    pub service: &'static str,
    /// The method's name on the wire.
    pub method: &'static str,
    /// The calls refused since the process began, by reason; those with none
    /// are left out.
    pub refused: Vec<(RefusalReason, u64)>,
    /// The changes of state since the process began; those that never came
    /// are left out.
    pub state_changes: Vec<StateChanges>,
    /// The breakers there are, by state; states with none are left out.
    pub breakers: Vec<(BreakerState, u64)>,
    /// The concurrency limits, where there are any.
    pub concurrency: Option<ConcurrencySnapshot>,
    /// The rate limits that are shared with other processes, where there are
    /// any.
    pub shared_limits: Option<SharedLimitSnapshot>,
    /// The calls since the process began that a shared rate limit judged by
    /// itself, as its store was away.
    pub limited_locally: u64,
    /// The calls that wait for their turn under a rate limit, where there is
    /// one that lets calls wait.
    pub rate_limit_queued: Option<u64>,
    /// The retries since the process began, where there is a policy for them.
    pub retry: Option<RetrySnapshot>,
    /// The hedges since the process began, where there is a policy for them.
    pub hedge: Option<HedgeSnapshot>,
    /// What the caches did since the process began, where there are any.
    pub cache: Option<CacheSnapshot>,
    /// The failures since the process began that a fallback answered for,
    /// where there is one.
    pub fallback: Option<FallbackSnapshot>,
}

/// The concurrency limits of a method, all clients or servers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConcurrencySnapshot {
    /// How many calls may run at once.
    pub limit: u64,
    /// How many run.
    pub in_flight: u64,
    /// How many wait.
    pub queued: u64,
}

/// Who judges the shared rate limits of a method, all clients or servers
/// together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedLimitSnapshot {
    /// How many their store judges.
    pub shared: u64,
    /// How many this process judges, as their store is away.
    pub local: u64,
}

impl PolicySnapshot {
    pub(crate) fn add_breaker(&mut self, state: BreakerState) {
        match self.breakers.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => self.breakers.push((state, 1)),
        }
    }

    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(&self) -> bool {
        self.refused.is_empty()
            && self.state_changes.is_empty()
            && self.breakers.is_empty()
            && self.concurrency.is_none()
            && self.shared_limits.is_none()
            && self.limited_locally == 0
            && self.rate_limit_queued.is_none()
            && self.retry.is_none()
            && self.hedge.is_none()
            && self.cache.is_none()
            && self.fallback.is_none()
    }
}
