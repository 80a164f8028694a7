//! Sends a failing peer only what it can take.
//!
//! A breaker is shut or open: with a peer that can still answer half of its
//! calls it refuses all of them, or none. A throttle drops the share that the
//! peer would refuse anyway, before it costs the peer anything. It is the
//! adaptive throttling of Google's *Site Reliability Engineering* (chapter
//! 21, "Handling Overload"): a call is dropped with the probability
//!
//! ```text
//! max(0, (requests − k · accepts) / (requests + 1))
//! ```
//!
//! over a sliding window. `requests` is all that callers asked for, dropped
//! calls among them: so the share that passes follows what the peer accepts,
//! and `k` times that much reaches it. It never comes to 1, so some calls
//! always pass, and find out when the peer is well again.
//!
//! A call counts when it has ended: one that is under way is neither accepted
//! nor refused yet, and slow peers would be throttled for being slow. A
//! success was accepted, and so was an error that is the caller's own; a
//! failure and a soft outcome (`resource_exhausted`) were not; a call that was
//! given up was none, but one dropped at its deadline was not accepted.
//!
//! While every call of the window was accepted, a call costs one read before,
//! and one compare-and-swap after. Otherwise 16 buckets are added up. Nothing
//! allocates, and the only lock is taken by one call in each sixteenth of the
//! window. The dice are [`fastrand`]'s: a test that seeds the thread's
//! generator sees the same calls dropped.
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
//! // The peer was spared nearly all of them.
//! assert!(throttle.refused() > 900);
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run());
//! ```
//!
//! The core alone, on a clock of your own:
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

/// The throttle has one window from its making on.
const EPOCH: u32 = 0;
/// Every call of the window was accepted.
const WELL: u64 = 0;

/// Drops the calls that a peer would refuse; see the [module](self).
#[derive(Debug)]
pub struct Throttle {
    ring: TimeRing,
    /// Until when the window may hold a call that was not accepted; or
    /// [`WELL`].
    troubled_until: AtomicU64,
    dropping: AtomicBool,
    refused: AtomicU64,
    k: AtomicU64,
    min_calls: AtomicU32,
    window: AtomicU64,
    classes: ClassTable,
    config: Mutex<ThrottleConfig>,
    start: TimeBase,
    /// Where changes of state are counted too.
    changes: Option<ThrottleChanges>,
    clock: Clock,
    name: &'static str,
}

/// The names of the states: not dropping, and dropping.
pub(crate) const STATES: [&str; 2] = ["passing", "dropping"];

/// Counts of the changes between them.
pub(crate) type ThrottleChanges = ChangeCounts<{ STATES.len() }>;

/// Leave for one call. Dropping it says that the call was given up, and
/// counts nothing.
#[derive(Debug)]
#[must_use = "a permit that is dropped is a call that was given up"]
pub struct Permit<'a>(&'a Throttle);

/// A permit kept where its throttle can't be borrowed.
#[derive(Debug)]
pub(crate) struct Detached(());

impl Detached {
    /// The permit that it was, of the same throttle.
    pub(crate) fn attach(self, throttle: &Throttle) -> Permit<'_> {
        Permit(throttle)
    }
}

/// What a throttle knows at one moment; its parts are read one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThrottleSnapshot {
    /// How many calls the window holds, dropped ones among them.
    pub requests: u64,
    /// How many of them the peer accepted.
    pub accepts: u64,
    /// With which probability a call is dropped now: 0 to below 1.
    pub drop_probability: f64,
    /// How many calls were dropped since the throttle was made.
    pub refused: u64,
}

impl Throttle {
    /// A throttle that has seen no call.
    ///
    /// # Panics
    /// [`ThrottleConfig::check`] fails.
    pub fn new(config: ThrottleConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// The same, on a clock of its own.
    ///
    /// # Panics
    /// [`ThrottleConfig::check`] fails.
    pub fn with_clock(config: ThrottleConfig, clock: Clock) -> Self {
        let config = config.checked();
        let throttle = Self {
            ring: TimeRing::new(config.window),
            troubled_until: AtomicU64::new(WELL),
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

    /// The same with a name, which its events carry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same, counting its changes of state here.
    #[must_use]
    pub(crate) fn counted(mut self, changes: ThrottleChanges) -> Self {
        self.changes = Some(changes);
        self
    }

    /// The name that its events carry; empty where it was given none.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Leave for a call that starts now.
    ///
    /// # Errors
    /// The call is dropped; it has counted as a request. No time is said to
    /// come back after: each call is drawn for itself, so the next may pass,
    /// and callers who all came later would come no less often.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        match self.troubled_until.load(Ordering::Relaxed) {
            WELL => Ok(Permit(self)),
            until => self.draw(self.since(now), until),
        }
    }

    /// Takes another configuration while calls go on. A window that is as
    /// long as it was keeps its calls, another one starts empty.
    ///
    /// # Errors
    /// [`ThrottleConfig::check`] fails; nothing has changed then.
    pub fn configure(&self, config: ThrottleConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut held = lock(&self.config);
        if held.window != config.window {
            self.ring.resize(config.window);
        }
        self.set(&config);
        *held = config;
        Ok(())
    }

    /// The configuration that holds.
    pub fn config(&self) -> ThrottleConfig {
        *lock(&self.config)
    }

    /// How many calls were dropped since the throttle was made.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// What it knows, for metrics and consoles.
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
    fn draw(&self, now: u64, troubled_until: u64) -> Result<Permit<'_>, Refusal> {
        if now >= troubled_until && !self.dropping.load(Ordering::Relaxed) {
            self.settle(troubled_until);
            return Ok(Permit(self));
        }
        let probability = self.drop_probability(self.ring.counts(EPOCH, now));
        self.turn(probability > 0.0, troubled_until);
        // The dice are below 1: what has no probability is never dropped.
        if probability <= 0.0 || fastrand::f64() >= probability {
            return Ok(Permit(self));
        }
        self.count(now, true);
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(Refusal::new(PolicyKind::Throttle, RefusalReason::Throttled))
    }

    /// Lets calls through unseen, unless one that was not accepted has ended
    /// meanwhile.
    fn settle(&self, troubled_until: u64) {
        let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
        let settled = self
            .troubled_until
            .compare_exchange(troubled_until, WELL, success, failure)
            .is_ok();
        // Whoever begins to drop looks for trouble after saying so, and this
        // looks for dropping after ending it: one of them sees the other.
        if settled && self.dropping.load(Ordering::Relaxed) {
            self.troubled_until
                .fetch_max(troubled_until, Ordering::Relaxed);
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

    /// Tells when dropping begins and ends.
    fn turn(&self, dropping: bool, troubled_until: u64) {
        if self.dropping.load(Ordering::Relaxed) == dropping
            || self.dropping.swap(dropping, Ordering::Relaxed) == dropping
        {
            return;
        }
        if dropping {
            // Its end has to be noticed, though all may have settled by now.
            self.troubled_until
                .fetch_max(troubled_until, Ordering::AcqRel);
        }
        let (was, is) = (usize::from(!dropping), usize::from(dropping));
        if let Some(changes) = &self.changes {
            changes.count(was, is);
        }
        tracing::info!(
            target: "kit::policy",
            policy = "throttle", name = self.name, from = STATES[was], to = STATES[is],
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
            self.troubled_until.fetch_max(until, Ordering::Relaxed);
        }
    }

    fn set(&self, config: &ThrottleConfig) {
        let window = u64::try_from(config.window.as_nanos()).unwrap_or(u64::MAX);
        // A window that its buckets don't divide is longer by a little.
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
    /// The permit without its throttle.
    pub(crate) fn detach(self) -> Detached {
        Detached(())
    }

    /// How the call ended, and when.
    #[inline]
    pub fn record(self, class: OutcomeClass, now: Instant) {
        match class {
            OutcomeClass::Success => self.0.count(self.0.since(now), false),
            OutcomeClass::Failure | OutcomeClass::Soft => self.0.count(self.0.since(now), true),
            OutcomeClass::Ignored => {}
        }
    }

    /// The same, by what the throttle itself makes of that end.
    #[inline]
    pub(crate) fn record_end(self, ended: Completion, now: Instant) {
        let class = self.0.classes.of_end(ended);
        self.record(class, now);
    }
}

/// How many calls were accepted. The parts of a bucket are one word, so there
/// are never more failures than calls.
fn accepts(counts: Counts) -> u64 {
    counts.calls - counts.failures
}
