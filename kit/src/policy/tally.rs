//! What the policies of a method did and do, for metrics.
//!
//! Counts belong to the process and not to a client or a server: clients come
//! and go, and a counter must not fall when one goes. What is a state now (a
//! breaker, a queue) is asked of the gates that live.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::breaker::BreakerState;
use super::gate::Gate;
use super::{Refusal, RefusalReason};
use crate::descriptor::MethodMeta;
use crate::metrics::Side;

type Key = (Side, &'static str, &'static str);

static TALLIES: Mutex<BTreeMap<Key, Arc<Tally>>> = Mutex::new(BTreeMap::new());

/// The counts of one method on one side.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    refused: [AtomicU64; RefusalReason::ALL.len()],
    limited_locally: AtomicU64,
    gates: Mutex<Vec<Weak<Gate>>>,
}

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

impl Tally {
    /// The tally of a method: the same for all who ask.
    pub(super) fn of(side: Side, meta: &MethodMeta) -> Arc<Self> {
        let key = (side, meta.service, meta.wire_name);
        Arc::clone(lock(&TALLIES).entry(key).or_default())
    }

    #[inline]
    pub(super) fn refused(&self, refusal: &Refusal) {
        self.refused[refusal.reason() as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// What counts the calls that a shared limit judged without its store.
    pub(super) fn limited_locally(&self) -> &AtomicU64 {
        &self.limited_locally
    }

    /// Counts what this gate is doing for as long as it lives.
    pub(super) fn watch(&self, gate: &Arc<Gate>) {
        let mut gates = lock(&self.gates);
        // Room is made before it is needed, so that clients made by the
        // thousand cost no more than those that live.
        if gates.len() == gates.capacity() {
            gates.retain(|gate| gate.strong_count() > 0);
        }
        gates.push(Arc::downgrade(gate));
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
            breakers: Vec::new(),
            concurrency: None,
            shared_limits: None,
            limited_locally: self.limited_locally.load(Ordering::Relaxed),
        };
        let gates: Vec<_> = lock(&self.gates).iter().filter_map(Weak::upgrade).collect();
        for gate in &gates {
            gate.add_to(&mut snapshot);
        }
        snapshot
    }
}

impl PolicySnapshot {
    pub(super) fn add_breaker(&mut self, state: BreakerState) {
        match self.breakers.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => self.breakers.push((state, 1)),
        }
    }

    /// Whether there is nothing to tell.
    fn is_empty(&self) -> bool {
        self.refused.is_empty()
            && self.breakers.is_empty()
            && self.concurrency.is_none()
            && self.shared_limits.is_none()
            && self.limited_locally == 0
    }
}

/// What the policies of every method did and do that has any, by side,
/// service and method.
pub(crate) fn snapshot() -> Vec<PolicySnapshot> {
    let tallies: Vec<_> = lock(&TALLIES)
        .iter()
        .map(|(key, tally)| (*key, Arc::clone(tally)))
        .collect();
    tallies
        .into_iter()
        .map(|(key, tally)| tally.snapshot(key))
        .filter(|snapshot| !snapshot.is_empty())
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
