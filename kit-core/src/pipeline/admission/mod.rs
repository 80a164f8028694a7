//! Admits or refuses the calls of one method on one side.
//!
//! A contract declares policies as data; [`Admission`] holds the cores created
//! from it and runs them in the [order of the chain](crate::policy). It does not
//! depend on the
//! types of a call: it admits the call before and records the outcome after. So
//! it is compiled once, however many methods there are, and a call without
//! policies costs one atomic load.
//!
//! The breaker of a client is inside its retries, so that it sees every
//! attempt; the throttle is outside, as it refuses whole calls. A server sheds
//! load before any other policy, and applies a rate limit by an argument last,
//! once the request is decoded. A refused call acquires nothing from the policies
//! after the one that refused it, and releases what it acquired from those
//! before.

mod admitted_call;
#[cfg(feature = "transport")]
mod argument;
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

pub(crate) use self::admitted_call::AdmittedCall;
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

/// The live policies of one method on one side; see the [module](self).
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
    /// The store of a shared rate limit, set by the program.
    store: OnceLock<Arc<Sharing>>,
    /// The stores to use if the program sets none, by name, from a
    /// configuration.
    default_stores: RwLock<Vec<(&'static str, Arc<Sharing>)>>,
    /// Whether the method is mounted: the program sets no store afterwards.
    mounted: AtomicBool,
    throttle: Slot<Throttle>,
    breaker: Slot<Breaker>,
}

const NO_TIMEOUT: u64 = u64::MAX;

impl Admission {
    /// Creates the policies of a method on one side.
    ///
    /// # Panics
    /// The values of a policy are invalid. Those of attributes have been checked
    /// at compile time.
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
            store: OnceLock::new(),
            default_stores: RwLock::default(),
            mounted: AtomicBool::new(false),
            throttle: Slot::empty(),
            breaker: Slot::empty(),
        };
        if let Err(invalid) = admission.configure(policies) {
            panic!("{}: {invalid}", admission.name);
        }
        let admission = Arc::new(admission);
        let observed: Arc<dyn Observed> = admission.clone();
        admission.counters.observe(&observed);
        admission
    }

    /// Replaces the values of the policies while calls are in flight. A policy
    /// that stays on keeps its state; one that is switched off and on again
    /// resumes with the state it had.
    ///
    /// # Errors
    /// The values of a policy are invalid. That policy keeps its old values, but
    /// the policies before it in the chain already have the new ones, so check
    /// first.
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

    /// Counts a refusal and converts it to a status.
    #[cold]
    pub(super) fn refuse(&self, refusal: Refusal) -> Status {
        self.counters.record_refusal(&refusal);
        Status::from(refusal)
    }

    /// The name of the method in events, such as `pb.Add.sum`.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The counters of the method.
    pub(crate) fn counters(&self) -> &MethodCounters {
        &self.counters
    }
}

impl Observed for Admission {
    /// Adds the state of the breaker and the limits.
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

/// The interned name `pb.Add.sum`. Leaked once per method and process, however
/// many clients are created.
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
