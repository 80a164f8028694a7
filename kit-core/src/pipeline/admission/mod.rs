//! The policies of one method on one side, at work.
//!
//! What a contract declares is data; here stand the cores that are made of
//! it, in the order of the chain. The gate knows nothing of the types of a
//! call: it is asked before one and told after one, so it is compiled once,
//! whatever the number of methods, and a call with no policies costs it one
//! load.
//!
//! ```text
//! client   (fallback, cache) → shed → throttle → (retry, hedge) → breaker → rate limit → concurrency → call
//! server   shed → concurrency → rate limit → throttle → breaker → call
//! ```
//!
//! The breaker of a client stands below its retries, so that it sees every
//! attempt; the throttle above, as it drops whole calls. A server sheds before
//! it counts, and asks who may call last, when the key of a caller is known.
//! A refused call takes nothing from what stands after the one that refused,
//! and gives back what it took before.

#[cfg(feature = "transport")]
mod argument;
mod entered;
mod permits;
mod rate;
mod slot;
mod steps;
mod stream_permits;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::entered::Entered;
#[cfg(feature = "config")]
pub(crate) use self::rate::STORE_MISSING;
pub(crate) use self::slot::Slot;
pub(crate) use self::stream_permits::StreamPermits;
use super::counters::{MethodCounters, Observed};
use crate::model::descriptor::MethodMeta;
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::model::side::Side;
use crate::model::status::Status;
use crate::model::status::refusal::Refusal;
use crate::policy::breaker::Breaker;
use crate::policy::concurrency::ConcurrencyLimiter;
use crate::policy::rate_limit::{RateLimiter, Sharing};
use crate::policy::shed::Shedder;
use crate::policy::snapshot::PolicySnapshot;
use crate::policy::support::clock::Clock;
use crate::policy::throttle::Throttle;

/// The policies of one method on one side, at work; see the [module](self).
#[derive(Debug)]
pub(crate) struct Admission {
    side: Side,
    /// `pb.Add.sum`, in events and metrics.
    name: &'static str,
    /// In nanoseconds; [`NO_TIMEOUT`] for none.
    timeout: AtomicU64,
    counters: Arc<MethodCounters>,
    /// Whether any slot is on.
    armed: AtomicBool,
    shed: Slot<Shedder>,
    concurrency: Slot<ConcurrencyLimiter>,
    rate_limit: Slot<RateLimiter>,
    /// Who counts a rate limit that is shared, as the code says.
    sharing: OnceLock<Arc<Sharing>>,
    /// What counts it where the code says nothing, by the store's name.
    offered: RwLock<Vec<(&'static str, Arc<Sharing>)>>,
    /// Whether the code has said all that it will.
    mounted: AtomicBool,
    throttle: Slot<Throttle>,
    breaker: Slot<Breaker>,
}

const NO_TIMEOUT: u64 = u64::MAX;

impl Admission {
    /// A gate of a method's policies on one side.
    ///
    /// # Panics
    /// A policy has values that it can't work with. Those of attributes have
    /// been checked by the compiler.
    pub(crate) fn of(side: Side, meta: &'static MethodMeta, policies: &SidePolicies) -> Arc<Self> {
        let admission = Self {
            side,
            name: qualified_name(meta),
            timeout: AtomicU64::new(NO_TIMEOUT),
            counters: MethodCounters::of(side, meta),
            armed: AtomicBool::new(false),
            shed: Slot::empty(),
            concurrency: Slot::empty(),
            rate_limit: Slot::empty(),
            sharing: OnceLock::new(),
            offered: RwLock::default(),
            mounted: AtomicBool::new(false),
            throttle: Slot::empty(),
            breaker: Slot::empty(),
        };
        if let Err(invalid) = admission.configure(policies) {
            panic!("{}: {invalid}", admission.name);
        }
        let admission = Arc::new(admission);
        let observed: Arc<dyn Observed> = admission.clone();
        admission.counters.watch(&observed);
        admission
    }

    /// Takes other values while calls go on. A policy that stays keeps its
    /// state; one that is switched off and on again finds it as it was.
    ///
    /// # Errors
    /// A policy can't work with its values. It has those that it had; those
    /// before it in the chain have the new ones, so check first.
    pub(crate) fn configure(&self, policies: &SidePolicies) -> Result<(), InvalidPolicy> {
        self.check_store(policies)?;
        let name = self.name;
        let timeout = policies.timeout.map_or(NO_TIMEOUT, nanoseconds);
        self.timeout.store(timeout, Ordering::Relaxed);
        self.shed.set(
            policies.shed,
            |config| {
                let changes = self.counters.shed_changes.clone();
                Shedder::new(config).named(name).counted(changes)
            },
            Shedder::configure,
        )?;
        self.concurrency.set(
            policies.concurrency,
            |config| ConcurrencyLimiter::new(config).named(name),
            ConcurrencyLimiter::configure,
        )?;
        self.rate_limit.set(
            policies.rate_limit,
            |config| RateLimiter::of_any_store(config, Clock::default()).named(name),
            RateLimiter::configure_any_store,
        )?;
        self.throttle.set(
            policies.throttle,
            |config| {
                let changes = self.counters.throttle_changes.clone();
                Throttle::new(config).named(name).counted(changes)
            },
            Throttle::configure,
        )?;
        self.breaker.set(
            policies.breaker,
            |config| {
                let changes = self.counters.breaker_changes.clone();
                Breaker::new(config).named(name).counted(changes)
            },
            Breaker::configure,
        )?;
        let armed = policies.shed.is_some()
            || policies.concurrency.is_some()
            || policies.rate_limit.is_some()
            || policies.throttle.is_some()
            || policies.breaker.is_some();
        self.armed.store(armed, Ordering::Release);
        Ok(())
    }

    #[cold]
    pub(super) fn refused(&self, refusal: Refusal) -> Status {
        self.counters.refused(&refusal);
        Status::from(refusal)
    }

    /// What its policies are called in events.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Where the policies of the method count.
    pub(crate) fn counters(&self) -> &MethodCounters {
        &self.counters
    }
}

impl Observed for Admission {
    /// Adds what the policies do now.
    fn add_to(&self, snapshot: &mut PolicySnapshot) {
        if let Some(breaker) = self.breaker.get() {
            snapshot.add_breaker(breaker.state(Instant::now().into_std()));
        }
        if let Some(limiter) = self.concurrency.get() {
            let sum = snapshot.concurrency.get_or_insert_default();
            sum.limit += u64::from(limiter.limit());
            sum.in_flight += u64::from(limiter.in_flight());
            sum.queued += u64::from(limiter.queued());
        }
        self.add_rate_limit(snapshot);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(NO_TIMEOUT)
}

/// `pb.Add.sum`, made once a process: clients may come and go by the thousand.
fn qualified_name(meta: &MethodMeta) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let name = format!("{}.{}", meta.service, meta.name);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name.as_str()) {
        return known;
    }
    let name: &'static str = Box::leak(name.into_boxed_str());
    names.insert(name);
    name
}
