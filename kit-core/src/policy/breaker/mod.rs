//! Refuses calls to a peer that keeps failing.
//!
//! A call to a peer that is down costs its caller a timeout, and costs the
//! peer the load that keeps it down. A breaker observes the outcomes of calls.
//! If too many fail it *opens* and refuses calls at once, so that the caller
//! can fall back and the peer can recover. After some time it admits a few
//! *probes*, and closes when all of them succeed.
//!
//! ```text
//!       consecutive failures, failure ratio, slow ratio
//!      Closed ──────────────────────────────────────────────► Open ◄──┐
//!        ▲                                                     │      │
//!        │ all probes succeeded            open time elapsed,  │      │ a probe failed:
//!        │                                 and a call arrived  ▼      │ open for longer
//!        └──────────────────────────────────────────────── HalfOpen ──┘
//!
//!      ForcedOpen, ForcedClosed, Disabled: by hand, until `reset`
//! ```
//!
//! # What counts, and when
//!
//! - An outcome has one of four [classes](crate::policy::OutcomeClass). A
//!   failure counts everywhere. A soft outcome (`resource_exhausted`) is from a
//!   peer that requests less load: it counts in the ratio, does not change the
//!   number of consecutive failures, and fails a probe. An ignored outcome is
//!   not counted, like a cancelled call; if it was a probe, another call takes
//!   its place.
//! - A call that is dropped at its deadline was not cancelled: it failed with
//!   `deadline_exceeded`, so that a peer that hangs is detected.
//! - A result counts in the state that admitted its call. A result that comes
//!   after a change of state is dropped: a slow failure from before must not
//!   open a breaker that has recovered, nor a success close it.
//! - Ratios are evaluated when a call fails or is slow; a fast success never
//!   opens the breaker. Reaching a limit is enough: 10 failures in 20 calls
//!   reach 0.5.
//! - If one call triggers several limits there is one change, which names the
//!   first of: consecutive failures, failure ratio, slow ratio.
//! - The window is empty after the breaker has closed, and after a pause in
//!   calls as long as a time window:
//!   [`min_calls`](BreakerConfig::min_calls) keeps the first few calls from
//!   opening the breaker. Consecutive failures and call windows do not expire.
//! - A state set by hand remains until it is changed by hand.
//!
//! It never queues and never retries: a call is refused at once, with the time
//! after which to retry ([`Refusal::retry_after`]).
//!
//! # Cost
//!
//! State, epoch and probes are one word. A call in the closed state reads it
//! twice and counts itself with one compare-and-swap, in about 80
//! instructions; a refusal takes about 60. Nothing allocates. A lock is taken
//! for a change of state, and by one call in each sixteenth of the window.
//!
//! # Settings of other libraries
//!
//! | | attributes |
//! |---|---|
//! | gobreaker | `breaker(failures = 6, open = "60s", probes = 1)` |
//! | handy | `breaker(ratio = 0.05, min_calls = 11, window = "5s", open = "1s", probes = 1)`; it opens above its ratio, and not at it |
//! | hystrix-go | `timeout("1s")`, `concurrency(10, at = client)`, `breaker(ratio = 0.495, min_calls = 20, window = "10s", open = "5s", probes = 1)`; it rounds to whole percents, so its 50 % is 0.495 |
//!
//! # By hand
//!
//! ```
//! use kit::prelude::*;
//! use kit::policy::breaker::{Breaker, BreakerConfig, BreakerState};
//!
//! # #[kit::service] pub trait Add {
//! #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
//! # }
//! struct Down;
//! impl Add for Down {
//!     async fn sum(&self, _: i64, _: i64) -> Result<i64, Status> {
//!         Err(Status::unavailable("the database is away"))
//!     }
//! }
//!
//! # async fn run() {
//! let breaker = std::sync::Arc::new(Breaker::new(BreakerConfig::consecutive(2)));
//! let add = AddClient::local(Down).layer(breaker.clone());
//! for _ in 0..2 {
//!     assert_eq!(add.sum(1, 2).await.unwrap_err().message(), "the database is away");
//! }
//! assert_eq!(add.sum(1, 2).await.unwrap_err().message(), "the breaker is open");
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run());
//! ```
//!
//! [`Breaker::run`] applies it to any future without a service. The core on its
//! own takes the time as an argument:
//!
//! ```
//! use std::time::{Duration, Instant};
//! use kit::policy::OutcomeClass;
//! use kit::policy::breaker::{Breaker, BreakerConfig};
//!
//! let breaker = Breaker::new(BreakerConfig::consecutive(1).open(Duration::from_secs(5)));
//! let now = Instant::now();
//! let permit = breaker.admit(now).unwrap();
//! permit.record(OutcomeClass::Failure, now + Duration::from_secs(1));
//!
//! let refusal = breaker.admit(now + Duration::from_secs(2)).unwrap_err();
//! assert_eq!(refusal.retry_after(), Some(Duration::from_secs(4)));
//! assert!(breaker.admit(now + Duration::from_secs(6)).unwrap().is_probe());
//! ```

mod call_ring;
mod event;
mod live_config;
#[cfg(all(test, kit_loom))]
mod loom_tests;
mod middleware;
mod open_backoff;
mod packed_state;
mod permit;
mod record;
mod snapshot;
mod state;
mod transition;
mod window;

#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

pub use self::event::{BreakerCause, BreakerEvent};
use self::live_config::LiveConfig;
use self::open_backoff::OpenBackoff;
use self::packed_state::PackedState;
pub use self::permit::Permit;
use self::snapshot::RefusalCounters;
pub use self::snapshot::{BreakerRefusals, BreakerSnapshot};
pub use self::state::BreakerState;
use self::window::Window;
pub(crate) use self::{permit::Detached, state::BreakerChanges};
use super::support::Clock;
use super::support::sync::atomic::{AtomicU64, Ordering};
use super::support::sync::{Mutex, lock};
use super::support::time_base::TimeBase;
use crate::model::policies::InvalidPolicy;
pub use crate::model::policies::breaker::BreakerConfig;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};

/// A policy that refuses calls to a failing peer; see the [module](self).
///
/// A call that panics does not count as a failure: its permit is dropped like
/// that of a cancelled call, which is not counted.
#[derive(Debug)]
pub struct Breaker {
    word: AtomicU64,
    /// When an open breaker admits probes; written before `word` changes to
    /// open.
    open_until: AtomicU64,
    start: TimeBase,
    live_config: LiveConfig,
    window: Window,
    counters: RefusalCounters,
    backoff: Mutex<OpenBackoff>,
    events: OnceLock<broadcast::Sender<BreakerEvent>>,
    /// Shared counters of state changes.
    changes: Option<BreakerChanges>,
    clock: Clock,
    name: &'static str,
}

impl Breaker {
    /// Creates a closed breaker.
    ///
    /// # Panics
    /// [`BreakerConfig::check`] fails.
    pub fn new(config: BreakerConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a closed breaker that reads the given clock where the time is
    /// not an argument.
    ///
    /// # Panics
    /// [`BreakerConfig::check`] fails.
    pub fn with_clock(config: BreakerConfig, clock: Clock) -> Self {
        let config = config.checked();
        Self {
            word: AtomicU64::new(PackedState::START.0),
            open_until: AtomicU64::new(0),
            start: TimeBase::new(clock.now()),
            live_config: LiveConfig::new(&config),
            window: Window::new(&config),
            counters: RefusalCounters::new(),
            backoff: Mutex::new(OpenBackoff::new(config)),
            events: OnceLock::new(),
            changes: None,
            clock,
            name: "",
        }
    }

    /// Sets the name that events carry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the counters of its state changes.
    #[must_use]
    pub(crate) fn counted(mut self, changes: BreakerChanges) -> Self {
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
    /// The breaker is open (`retry_after` is the time until it admits probes),
    /// forced open, or half open with its probes in flight. The last two have
    /// no `retry_after`: the time of a reset and the duration of a probe are
    /// unknown. The shortest open time after a failed probe would keep callers
    /// away from a peer that has recovered.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        let word = self.word();
        match word.state() {
            BreakerState::Closed => Ok(Permit::new(self, word, now)),
            _ => self.admit_unless_open(now),
        }
    }

    /// Refuses every call until the state is set again. Like `force_closed`,
    /// `disable` and `reset`, it ends the previous state: results of calls in
    /// flight are dropped.
    pub fn force_open(&self) {
        self.force(BreakerState::ForcedOpen);
    }

    /// Admits every call until the state is set again. Calls are counted, so
    /// that their effect on the breaker can be observed.
    pub fn force_closed(&self) {
        self.force(BreakerState::ForcedClosed);
    }

    /// Admits every call until the state is set again, and counts none.
    pub fn disable(&self) {
        self.force(BreakerState::Disabled);
    }

    /// Resets to closed, with an empty window, as if it had never opened. This
    /// ends any state that was set by hand.
    pub fn reset(&self) {
        self.start_over();
    }

    /// Replaces the configuration while calls are running. The state, the
    /// consecutive failures and the remaining open time are kept. An unchanged
    /// window keeps its calls; a changed one starts empty, and calls in flight
    /// count in neither.
    ///
    /// # Errors
    /// [`BreakerConfig::check`] fails; nothing has changed.
    pub fn configure(&self, config: BreakerConfig) -> Result<(), InvalidPolicy> {
        self.reconfigure(config)
    }

    /// Returns the current configuration.
    pub fn config(&self) -> BreakerConfig {
        lock(&self.backoff).config
    }

    /// Subscribes to state changes. The channel holds the last 64; a receiver
    /// that falls behind learns how many it missed.
    pub fn subscribe(&self) -> broadcast::Receiver<BreakerEvent> {
        self.new_receiver()
    }

    /// Returns the state for a call at `now`: an open breaker
    /// whose open time has elapsed is half open, even before the first call.
    pub fn state(&self, now: Instant) -> BreakerState {
        match self.word().state() {
            BreakerState::Open if self.since(now) >= self.open_until.load(Ordering::Relaxed) => {
                BreakerState::HalfOpen
            }
            state => state,
        }
    }

    /// Returns its current state and counts, for metrics and consoles.
    pub fn snapshot(&self, now: Instant) -> BreakerSnapshot {
        let word = self.word();
        let counts = self.window.counts(word.epoch(), self.since(now));
        let probing = word.state() == BreakerState::HalfOpen;
        let closed = word.state() == BreakerState::Closed;
        BreakerSnapshot {
            state: self.state(now),
            calls: counts.calls,
            failures: counts.failures,
            slow: counts.slow,
            failures_in_a_row: if closed { word.run() } else { 0 },
            probes_under_way: if probing { word.in_flight() } else { 0 },
            probes_succeeded: if probing { word.succeeded() } else { 0 },
            refusals: self.counters.refusals(),
            dropped_results: self.counters.dropped_results(),
        }
    }

    /// Not cold: refusing is the normal case of an open breaker.
    #[inline(never)]
    fn admit_unless_open(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        loop {
            let word = self.word();
            match word.state() {
                BreakerState::Closed | BreakerState::ForcedClosed | BreakerState::Disabled => {
                    return Ok(Permit::new(self, word, now));
                }
                BreakerState::Open => {
                    let since = self.since(now);
                    let until = self.open_until.load(Ordering::Relaxed);
                    if since < until {
                        let wait = Duration::from_nanos(until - since);
                        return Err(self.refuse(RefusalReason::Open).with_retry_after(wait));
                    }
                    self.half_open(word);
                }
                BreakerState::HalfOpen => {
                    if let Some(decided) = self.admit_probe(word, now) {
                        return decided;
                    }
                }
                BreakerState::ForcedOpen => return Err(self.refuse(RefusalReason::ForcedOpen)),
            }
        }
    }

    /// Admits or refuses a probe; `None` if the period has ended.
    #[cold]
    fn admit_probe(&self, word: PackedState, now: Instant) -> Option<Result<Permit<'_>, Refusal>> {
        let probes = self.live_config.probes();
        if word.succeeded() >= probes {
            // The configuration has changed to fewer probes.
            self.close(word, self.since(now));
            return None;
        }
        if let Some(word) = self.update(word, |word| word.probe_started(probes)) {
            return Some(Ok(Permit::new(self, word, now)));
        }
        let refused = self.word().same_period(word);
        refused.then(|| Err(self.refuse(RefusalReason::HalfOpen)))
    }

    #[inline]
    fn word(&self) -> PackedState {
        PackedState(self.word.load(Ordering::Acquire))
    }

    #[inline]
    fn refuse(&self, reason: RefusalReason) -> Refusal {
        self.counters.refused(reason);
        Refusal::new(PolicyKind::Breaker, reason)
    }

    /// Nanoseconds since the breaker was created; 0 for an earlier time.
    #[inline]
    fn since(&self, now: Instant) -> u64 {
        self.start.nanos_to(now)
    }
}
