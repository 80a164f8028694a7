//! Counters of what policies did, per method and side, for metrics.
//!
//! Counters belong to the process, not to a client or a server: clients are
//! created and dropped, and a counter must never decrease. Current state (of a
//! breaker, a queue, the entries of a cache) is read from the live policies,
//! through [`Observed`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use crate::model::descriptor::MethodMeta;
use crate::model::side::Side;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::breaker::{BreakerChanges, BreakerState};
use crate::policy::cache::CacheCounts;
use crate::policy::fallback::FallbackCounts;
use crate::policy::hedge::HedgeCounts;
use crate::policy::retry::RetryCounts;
use crate::policy::shed;
use crate::policy::shed::ShedChanges;
use crate::policy::snapshot::PolicySnapshot;
use crate::policy::support::changes::StateChanges;
use crate::policy::throttle;
use crate::policy::throttle::ThrottleChanges;

type Key = (Side, &'static str, &'static str);

static COUNTERS: Mutex<BTreeMap<Key, Arc<MethodCounters>>> = Mutex::new(BTreeMap::new());

/// The counts of one method on one side.
#[derive(Debug, Default)]
pub(crate) struct MethodCounters {
    refused: [AtomicU64; RefusalReason::ALL.len()],
    limited_locally: AtomicU64,
    pub(crate) breaker_changes: BreakerChanges,
    pub(crate) throttle_changes: ThrottleChanges,
    pub(crate) shed_changes: ShedChanges,
    pub(crate) retry: Shared<RetryCounts>,
    pub(crate) hedge: Shared<HedgeCounts>,
    pub(crate) cache: Shared<CacheCounts>,
    pub(crate) fallback: Shared<FallbackCounts>,
    observed: ObservedPolicies,
}

/// Counts that are created when a policy first uses them, so that a method
/// without the policy has no series of zeroes.
#[derive(Debug)]
pub(crate) struct Shared<T>(OnceLock<Arc<T>>);

/// Live policies whose current state belongs in a snapshot: calls in flight or
/// queued, the state of a breaker, the entries of a cache.
pub(crate) trait Observed: Send + Sync {
    /// Adds the current state.
    fn add_to(&self, snapshot: &mut PolicySnapshot);
}

/// Weak references to the live policies of a method.
#[derive(Default)]
struct ObservedPolicies(Mutex<Vec<Weak<dyn Observed>>>);

impl MethodCounters {
    /// The counters of a method, shared by every caller in the process.
    pub(crate) fn of(side: Side, meta: &MethodMeta) -> Arc<Self> {
        let key = (side, meta.service, meta.wire_name);
        Arc::clone(lock(&COUNTERS).entry(key).or_default())
    }

    #[inline]
    pub(crate) fn record_refusal(&self, refusal: &Refusal) {
        self.refused[refusal.reason() as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The number of calls that a shared limit counted locally, without its store.
    pub(crate) fn limited_locally(&self) -> &AtomicU64 {
        &self.limited_locally
    }

    /// Includes the state of these policies in snapshots for as long as they live.
    pub(crate) fn observe(&self, observed: &Arc<dyn Observed>) {
        self.observed.add(observed);
    }

    fn snapshot(&self, (side, service, method): Key) -> PolicySnapshot {
        let reasons = RefusalReason::ALL.into_iter();
        let counts = self
            .refused
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        let mut snapshot = PolicySnapshot {
            side,
            service,
            method,
            refused: reasons
                .zip(counts)
                .filter(|(_, count)| *count > 0)
                .collect(),
            state_changes: self.state_changes().collect(),
            breakers: Vec::new(),
            concurrency: None,
            shared_limits: None,
            limited_locally: self.limited_locally.load(Ordering::Relaxed),
            rate_limit_queued: None,
            retry: self.retry.get().map(RetryCounts::read),
            hedge: self.hedge.get().map(HedgeCounts::read),
            cache: self.cache.get().map(CacheCounts::read),
            fallback: self.fallback.get().map(FallbackCounts::read),
        };
        for observed in self.observed.alive() {
            observed.add_to(&mut snapshot);
        }
        snapshot
    }

    fn state_changes(&self) -> impl Iterator<Item = StateChanges> {
        let breaker = BreakerState::ALL.map(BreakerState::name);
        let breaker = self.breaker_changes.read(PolicyKind::Breaker, breaker);
        let shed = self.shed_changes.read(PolicyKind::Shed, shed::STATES);
        let throttle = self
            .throttle_changes
            .read(PolicyKind::Throttle, throttle::STATES);
        breaker.chain(throttle).chain(shed)
    }
}

impl<T: Default> Shared<T> {
    /// The counts, for a policy to increment.
    pub(crate) fn share(&self) -> Arc<T> {
        Arc::clone(self.0.get_or_init(Arc::default))
    }

    fn get(&self) -> Option<&T> {
        self.0.get().map(|counts| &**counts)
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl fmt::Debug for ObservedPolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedPolicies").finish_non_exhaustive()
    }
}

impl ObservedPolicies {
    fn add(&self, one: &Arc<dyn Observed>) {
        let mut all = lock(&self.0);
        // Remove dead entries before growing, so that short-lived clients
        // cost no more memory than live ones.
        if all.len() == all.capacity() {
            all.retain(|one| one.strong_count() > 0);
        }
        all.push(Arc::downgrade(one));
    }

    fn alive(&self) -> Vec<Arc<dyn Observed>> {
        lock(&self.0).iter().filter_map(Weak::upgrade).collect()
    }
}

/// Snapshots of the policies of every method: refusals by reason, changes of
/// state, breakers by state, concurrency limits and their queues, calls waiting
/// for a rate limit, retries, hedges, caches and fallbacks. Methods without any
/// are left out.
pub fn policies_snapshot() -> Vec<PolicySnapshot> {
    let all: Vec<_> = lock(&COUNTERS)
        .iter()
        .map(|(key, counters)| (*key, Arc::clone(counters)))
        .collect();
    all.into_iter()
        .map(|(key, counters)| counters.snapshot(key))
        .filter(|snapshot| !snapshot.is_empty())
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::model::attempt::Stage;
    use crate::model::code::Code;
    use crate::model::context::Context;
    use crate::model::policies::SidePolicies;
    use crate::model::policies::breaker::BreakerConfig;
    use crate::model::policies::throttle::ThrottleConfig;
    use crate::model::status::Status;
    use crate::pipeline::admission::Admission;
    use crate::pipeline::admission::AdmittedCall;

    const META: &MethodMeta = &MethodMeta::new("test.Counters", "count", "Count");

    fn changes() -> Vec<(PolicyKind, &'static str, &'static str, u64)> {
        policies_snapshot()
            .into_iter()
            .filter(|method| method.service == META.service)
            .flat_map(|method| method.state_changes)
            .map(|changes| (changes.policy, changes.from, changes.to, changes.count))
            .collect()
    }

    fn record_call(admission: &Admission, outcome: &Result<(), Status>) {
        let mut admitted = AdmittedCall::new();
        let now = Instant::now();
        match admission.admit(Stage::Call, &Context::new(), now, &mut admitted) {
            Ok(waiting) => assert!(waiting.is_none(), "no policy here queues calls"),
            Err(_) => return,
        }
        admitted.record(outcome);
    }

    #[tokio::test(start_paused = true)]
    async fn state_changes_are_summed_over_all_admissions_of_a_method() {
        let failed = || Err(Status::new(Code::Unavailable, "down"));
        let breaker = BreakerConfig::consecutive(1)
            .open(Duration::from_secs(1))
            .probes(1);
        let policies = SidePolicies::NONE.breaker(breaker);
        for _ in 0..2 {
            let admission = Admission::of(Side::Client, META, &policies);
            record_call(&admission, &failed());
            tokio::time::advance(Duration::from_secs(1)).await;
            record_call(&admission, &Ok(()));
        }
        let of_breakers = [
            (PolicyKind::Breaker, "closed", "open", 2),
            (PolicyKind::Breaker, "open", "half_open", 2),
            (PolicyKind::Breaker, "half_open", "closed", 2),
        ];
        assert_eq!(changes(), of_breakers);

        let throttle = ThrottleConfig::new().min_calls(5);
        let admission = Admission::of(Side::Client, META, &SidePolicies::NONE.throttle(throttle));
        for _ in 0..20 {
            record_call(&admission, &failed());
        }
        tokio::time::advance(Duration::from_secs(60)).await;
        record_call(&admission, &Ok(()));
        let of_throttles = [
            (PolicyKind::Throttle, "passing", "dropping", 1),
            (PolicyKind::Throttle, "dropping", "passing", 1),
        ];
        assert_eq!(changes()[3..], of_throttles);
    }
}
