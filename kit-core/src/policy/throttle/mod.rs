//! Refuses the share of calls that a failing peer would refuse.
//!
//! A breaker is closed or open: for a peer that can still serve half of its
//! calls it refuses all of them, or none. A throttle refuses the share that the
//! peer would refuse anyway, before it costs the peer anything. It is the
//! adaptive throttling of Google's *Site Reliability Engineering* (chapter
//! 21, "Handling Overload"): a call is refused with the probability
//!
//! ```text
//! max(0, (requests − k · accepts) / (requests + 1))
//! ```
//!
//! over a sliding window. `requests` counts all calls, refused ones included,
//! so the share that passes follows what the peer accepts, and `k` times that
//! much reaches it. The probability never reaches 1, so some calls always pass
//! and detect when the peer has recovered.
//!
//! A call is counted when it completes: a call in flight is neither accepted
//! nor refused yet, and counting it would throttle peers for being slow. A
//! success was accepted, and so was an error of the caller; a failure and a
//! soft outcome (`resource_exhausted`) were not. A cancelled call is not
//! counted, but one dropped at its deadline counts as not accepted.
//!
//! While every call of the window was accepted, a call costs one read before
//! it, and one compare-and-swap after. Otherwise 16 buckets are added up.
//! Nothing allocates, and the only lock is taken by one call in each sixteenth
//! of the window. The random numbers are [`fastrand`]'s: a test that seeds the
//! thread's generator sees the same calls refused.
//!
//! ```
//! use kit::prelude::*;
//! use kit::policy::throttle::{Throttle, ThrottleConfig};
//!
//! # #[kit::service] pub trait Add {
//! #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
//! # }
//! struct Down;
//! impl Add for Down {
//!     async fn sum(&self, _: i64, _: i64) -> Result<i64, Status> {
//!         Err(Status::unavailable("too busy"))
//!     }
//! }
//!
//! # async fn run() {
//! let throttle = std::sync::Arc::new(Throttle::new(ThrottleConfig::new()));
//! let add = AddClient::local(Down).layer(throttle.clone());
//! for _ in 0..1000 {
//!     let _ = add.sum(1, 2).await;
//! }
//! // Nearly all of the calls were refused.
//! assert!(throttle.refused() > 900);
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run());
//! ```
//!
//! The core on its own takes the time as an argument:
//!
//! ```
//! use std::time::Instant;
//! use kit::policy::OutcomeClass;
//! use kit::policy::throttle::{Throttle, ThrottleConfig};
//!
//! let throttle = Throttle::new(ThrottleConfig::new().k(1.0));
//! let now = Instant::now();
//! for class in [OutcomeClass::Success, OutcomeClass::Failure].repeat(50) {
//!     if let Ok(permit) = throttle.admit(now) {
//!         permit.record(class, now);
//!     }
//! }
//! let snapshot = throttle.snapshot(now);
//! assert_eq!(snapshot.requests, 100);
//! assert!(snapshot.drop_probability > 0.4);
//! ```

#[cfg(all(test, kit_loom))]
mod loom_tests;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::time::Instant;

pub use crate::model::policies::throttle::ThrottleConfig;

use super::support::Clock;
use super::support::changes::ChangeCounts;
use super::support::class_table::ClassTable;
use super::support::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use super::support::sync::{Mutex, lock};
use super::support::time_base::TimeBase;
use super::support::time_ring::{BUCKETS, Counts, Sample, TimeRing};
use crate::model::completion::Completion;
use crate::model::policies::{InvalidPolicy, OutcomeClass};
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};

/// The epoch of the ring; a throttle never starts a new one.
const EPOCH: u32 = 0;
/// The value of `failing_until` while every call of the window was accepted.
const WELL: u64 = 0;

/// A policy that refuses the calls that a peer would refuse; see the
/// [module](self).
#[derive(Debug)]
pub struct Throttle {
    ring: TimeRing,
    /// The time until which the window may hold a call that was not accepted,
    /// or [`WELL`].
    failing_until: AtomicU64,
    dropping: AtomicBool,
    refused: AtomicU64,
    k: AtomicU64,
    min_calls: AtomicU32,
    window: AtomicU64,
    classes: ClassTable,
    config: Mutex<ThrottleConfig>,
    start: TimeBase,
    /// Shared counters of state changes.
    changes: Option<ThrottleChanges>,
    clock: Clock,
    name: &'static str,
}

/// The names of the states: not refusing, and refusing.
pub(crate) const STATES: [&str; 2] = ["passing", "dropping"];

/// Counters of the changes between [`STATES`].
pub(crate) type ThrottleChanges = ChangeCounts<{ STATES.len() }>;

/// A permit for one call. Dropping it means that the call was cancelled, and
/// counts nothing.
#[derive(Debug)]
#[must_use = "a permit that is dropped is a call that was cancelled"]
pub struct Permit<'a>(&'a Throttle);

/// A permit without a borrow of its throttle.
#[derive(Debug)]
pub(crate) struct Detached(());

impl Detached {
    /// Restores the permit, of the same throttle.
    pub(crate) fn attach(self, throttle: &Throttle) -> Permit<'_> {
        Permit(throttle)
    }
}

/// The state of a throttle; its fields are read one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThrottleSnapshot {
    /// The number of calls in the window, refused ones included.
    pub requests: u64,
    /// The number of them that the peer accepted.
    pub accepts: u64,
    /// The current probability of a refusal: from 0 to below 1.
    pub drop_probability: f64,
    /// The number of calls refused since the throttle was created.
    pub refused: u64,
}

impl Throttle {
    /// Creates a throttle with an empty window.
    ///
    /// # Panics
    /// [`ThrottleConfig::check`] fails.
    pub fn new(config: ThrottleConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a throttle that reads the given clock.
    ///
    /// # Panics
    /// [`ThrottleConfig::check`] fails.
    pub fn with_clock(config: ThrottleConfig, clock: Clock) -> Self {
        let config = config.checked();
        let throttle = Self {
            ring: TimeRing::new(config.window),
            failing_until: AtomicU64::new(WELL),
            dropping: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            k: AtomicU64::new(0),
            min_calls: AtomicU32::new(0),
            window: AtomicU64::new(0),
            classes: ClassTable::new(config.classes),
            config: Mutex::new(config),
            start: TimeBase::new(clock.now()),
            changes: None,
            clock,
            name: "",
        };
        throttle.set(&config);
        throttle
    }

    /// Sets the name that events carry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the counters of its state changes.
    #[must_use]
    pub(crate) fn counted(mut self, changes: ThrottleChanges) -> Self {
        self.changes = Some(changes);
        self
    }

    /// Returns the name that events carry; empty by default.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Admits or refuses a call that starts now.
    ///
    /// # Errors
    /// The refusal; the call has been counted as a request. It has no
    /// `retry_after`: each call is decided by an independent random
    /// draw, so the next may pass, and delaying all callers alike would not
    /// reduce their rate.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        match self.failing_until.load(Ordering::Relaxed) {
            WELL => Ok(Permit(self)),
            until => self.draw(self.since(now), until),
        }
    }

    /// Replaces the configuration while calls are running. The window keeps
    /// its calls if its length is unchanged, and is emptied otherwise.
    ///
    /// # Errors
    /// [`ThrottleConfig::check`] fails; nothing has changed.
    pub fn configure(&self, config: ThrottleConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut current = lock(&self.config);
        if current.window != config.window {
            self.ring.resize(config.window);
        }
        self.set(&config);
        *current = config;
        Ok(())
    }

    /// Returns the current configuration.
    pub fn config(&self) -> ThrottleConfig {
        *lock(&self.config)
    }

    /// Returns the number of calls refused since the throttle was created.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns its current state, for metrics and consoles.
    pub fn snapshot(&self, now: Instant) -> ThrottleSnapshot {
        let counts = self.ring.counts(EPOCH, self.since(now));
        ThrottleSnapshot {
            requests: counts.calls,
            accepts: accepts(counts),
            drop_probability: self.drop_probability(counts),
            refused: self.refused(),
        }
    }

    #[cold]
    fn draw(&self, now: u64, failing_until: u64) -> Result<Permit<'_>, Refusal> {
        if now >= failing_until && !self.dropping.load(Ordering::Relaxed) {
            self.settle(failing_until);
            return Ok(Permit(self));
        }
        let probability = self.drop_probability(self.ring.counts(EPOCH, now));
        self.set_dropping(probability > 0.0, failing_until);
        // The random number is below 1: a probability of 0 never refuses.
        if probability <= 0.0 || fastrand::f64() >= probability {
            return Ok(Permit(self));
        }
        self.count(now, true);
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(Refusal::new(PolicyKind::Throttle, RefusalReason::Throttled))
    }

    /// Returns to the fast path, unless a call that was not accepted has
    /// completed meanwhile.
    fn settle(&self, failing_until: u64) {
        let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
        let settled = self
            .failing_until
            .compare_exchange(failing_until, WELL, success, failure)
            .is_ok();
        // `set_dropping` sets its flag before it reads `failing_until`, and
        // this resets `failing_until` before it reads the flag: at least one
        // of the two sees the other.
        if settled && self.dropping.load(Ordering::Relaxed) {
            self.failing_until
                .fetch_max(failing_until, Ordering::Relaxed);
        }
    }

    fn drop_probability(&self, counts: Counts) -> f64 {
        if counts.calls < u64::from(self.min_calls.load(Ordering::Relaxed)) {
            return 0.0;
        }
        let k = f64::from_bits(self.k.load(Ordering::Relaxed));
        let requests = counts.calls as f64;
        let excess = requests - k * accepts(counts) as f64;
        (excess / (requests + 1.0)).max(0.0)
    }

    /// Sets whether calls are refused, and reports a change.
    fn set_dropping(&self, dropping: bool, failing_until: u64) {
        if self.dropping.load(Ordering::Relaxed) == dropping
            || self.dropping.swap(dropping, Ordering::Relaxed) == dropping
        {
            return;
        }
        if dropping {
            // Its end has to be noticed, even if `settle` ran meanwhile.
            self.failing_until
                .fetch_max(failing_until, Ordering::AcqRel);
        }
        let (from, to) = (usize::from(!dropping), usize::from(dropping));
        if let Some(changes) = &self.changes {
            changes.count(from, to);
        }
        tracing::info!(
            target: "kit::policy",
            policy = "throttle", name = self.name, from = STATES[from], to = STATES[to],
            "throttle changed its state"
        );
    }

    #[inline]
    fn count(&self, now: u64, failed: bool) {
        let sample = Sample {
            failed,
            ..Sample::GOOD
        };
        self.ring.add(EPOCH, now, sample);
        if failed {
            let until = now.saturating_add(self.window.load(Ordering::Relaxed));
            self.failing_until.fetch_max(until, Ordering::Relaxed);
        }
    }

    fn set(&self, config: &ThrottleConfig) {
        let window = u64::try_from(config.window.as_nanos()).unwrap_or(u64::MAX);
        // If the buckets don't divide the window, it is slightly longer.
        let window = window.saturating_add(BUCKETS as u64);
        let order = Ordering::Relaxed;
        self.window.store(window, order);
        self.k.store(config.k.to_bits(), order);
        self.min_calls.store(config.min_calls, order);
        self.classes.set(config.classes);
    }

    #[inline]
    fn since(&self, now: Instant) -> u64 {
        self.start.nanos_to(now)
    }
}

impl Permit<'_> {
    /// Detaches the permit from its throttle.
    pub(crate) fn detach(self) -> Detached {
        Detached(())
    }

    /// Records the outcome class of the call and its time of completion.
    #[inline]
    pub fn record(self, class: OutcomeClass, now: Instant) {
        match class {
            OutcomeClass::Success => self.0.count(self.0.since(now), false),
            OutcomeClass::Failure | OutcomeClass::Soft => self.0.count(self.0.since(now), true),
            OutcomeClass::Ignored => {}
        }
    }

    /// Records a completion, classified by the configuration of the throttle.
    #[inline]
    pub(crate) fn record_end(self, completion: Completion, now: Instant) {
        let class = self.0.classes.of_end(completion);
        self.record(class, now);
    }
}

/// The number of accepted calls. The counts of a bucket are one word, so
/// failures never exceed calls.
fn accepts(counts: Counts) -> u64 {
    counts.calls - counts.failures
}
