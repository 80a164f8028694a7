//! The state and the counts of the policies of a method, for metrics.

use crate::model::side::Side;
use crate::model::status::refusal::RefusalReason;
use crate::policy::breaker::BreakerState;
use crate::policy::cache::CacheSnapshot;
use crate::policy::fallback::FallbackSnapshot;
use crate::policy::hedge::HedgeSnapshot;
use crate::policy::retry::RetrySnapshot;
use crate::policy::support::changes::StateChanges;

/// The state and the counts of the policies of one method on one side.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PolicySnapshot {
    /// The side that the policies apply to.
    pub side: Side,
    /// The service's name on the wire.
    pub service: &'static str,
    /// The method's name on the wire.
    pub method: &'static str,
    /// The calls refused since the process started, by reason; reasons without
    /// any are left out.
    pub refused: Vec<(RefusalReason, u64)>,
    /// The state changes since the process started; changes that never
    /// occurred are left out.
    pub state_changes: Vec<StateChanges>,
    /// The number of breakers in each state; states without any are left out.
    pub breakers: Vec<(BreakerState, u64)>,
    /// The concurrency limits, if there are any.
    pub concurrency: Option<ConcurrencySnapshot>,
    /// The rate limits that are shared with other processes, if there are any.
    pub shared_limits: Option<SharedLimitSnapshot>,
    /// The calls since the process started that a shared rate limit decided
    /// locally, as its store was unavailable.
    pub limited_locally: u64,
    /// The calls that wait under a rate limit, if there is one that queues
    /// calls.
    pub rate_limit_queued: Option<u64>,
    /// The retries since the process started, if there is such a policy.
    pub retry: Option<RetrySnapshot>,
    /// The hedges since the process started, if there is such a policy.
    pub hedge: Option<HedgeSnapshot>,
    /// The counts of the caches since the process started, if there are any.
    pub cache: Option<CacheSnapshot>,
    /// The counts of the fallback since the process started, if there is one.
    pub fallback: Option<FallbackSnapshot>,
}

/// The concurrency limits of a method, over all its clients or servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConcurrencySnapshot {
    /// The number of calls that may run concurrently.
    pub limit: u64,
    /// The number of calls that run.
    pub in_flight: u64,
    /// The number of calls that wait.
    pub queued: u64,
}

/// Where the shared rate limits of a method are decided, over all its clients
/// or servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedLimitSnapshot {
    /// The number of limits that their store decides.
    pub shared: u64,
    /// The number of limits that this process decides, as their store is
    /// unavailable.
    pub local: u64,
}

impl PolicySnapshot {
    pub(crate) fn add_breaker(&mut self, state: BreakerState) {
        match self.breakers.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => self.breakers.push((state, 1)),
        }
    }

    /// Whether no policy has anything to report.
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
