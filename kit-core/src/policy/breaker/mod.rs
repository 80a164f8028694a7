//! Refuses calls to a peer that keeps failing.
//!
//! A call to a peer that is down costs its caller a timeout, and the peer the
//! load that keeps it down. A breaker watches how calls end; where too many
//! fail it *opens* and refuses them at once, so that the caller can answer
//! something else and the peer can recover. After a time it lets a few
//! *probes* through, and closes when they all succeed.
//!
//! ```text
//!              failures in a row, failure ratio, slow ratio
//!      Closed ──────────────────────────────────────────────► Open ◄──┐
//!        ▲                                                     │      │
//!        │ all probes succeeded              its time is over, │      │ a probe failed:
//!        │                                   and a call came   ▼      │ open for longer
//!        └──────────────────────────────────────────────── HalfOpen ──┘
//!
//!      ForcedOpen, ForcedClosed, Disabled: by hand, until `reset`
//! ```
//!
//! # What counts, and when
//!
//! - An outcome is one of four classes ([`OutcomeClass`](crate::model::policies::OutcomeClass)). A failure counts
//!   everywhere. A soft one (`resource_exhausted`) is a peer that asks for
//!   less: it counts in the ratio, leaves the row of failures as it is, and
//!   fails a probe. An ignored one counts as nothing, like a call that was
//!   given up: a probe's place is free again.
//! - A call that is dropped at its deadline was not given up: it failed with
//!   `deadline_exceeded`. A peer that hangs must be seen.
//! - A result counts in the state that let its call through. One that comes
//!   after a change of state is dropped: a slow failure from before must not
//!   open what has since recovered, nor a success close it.
//! - A ratio is judged when a call fails or is slow; a success never opens.
//!   Limits are reached, not passed: 10 failures in 20 calls are 0.5.
//! - Where two triggers meet in one call there is one change, and it names the
//!   first of: failures in a row, failure ratio, slow ratio.
//! - Each closing starts with an empty window, and so does a window of time
//!   that saw no calls for its length: [`min_calls`](BreakerConfig::min_calls) keeps the first few calls
//!   from opening. A row of failures and a window of calls know no time.
//! - What was said by hand holds until it is said otherwise.
//!
//! It never queues and never retries: a refused caller learns at once, and
//! when to come back ([`Refusal::retry_after`]).
//!
//! # Cost
//!
//! State, epoch and probes are one word. A call in the closed state reads it
//! twice and counts itself with one compare-and-swap, in about 80
//! instructions; a refusal takes about 60. Nothing allocates. A lock is taken
//! for a change of state, and by one call in each sixteenth of the window.
//!
//! # As others
//!
//! | | attributes |
//! |---|---|
//! | gobreaker | `breaker(failures = 6, open = "60s", probes = 1)` |
//! | handy | `breaker(ratio = 0.05, min_calls = 11, window = "5s", open = "1s", probes = 1)`; it opens above its ratio, and not at it |
//! | hystrix-go | `timeout("1s")`, `concurrency(10, at = client)`, `breaker(ratio = 0.495, min_calls = 20, window = "10s", open = "5s", probes = 1)`: a half, as it rounds |
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
//! Or without a service, around any call ([`Breaker::run`]), or as the core
//! alone, on a clock of your own:
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

/// Refuses calls to a peer that keeps failing; see the [module](self).
///
/// A call that panics in its caller is nobody's failure: its permit is dropped
/// like that of a call that was given up, which counts as nothing.
#[derive(Debug)]
pub struct Breaker {
    word: AtomicU64,
    /// When an open breaker lets probes through; written before the word says
    /// that it is open.
    open_until: AtomicU64,
    start: TimeBase,
    live_config: LiveConfig,
    window: Window,
    tally: RefusalCounters,
    turn: Mutex<OpenBackoff>,
    events: OnceLock<broadcast::Sender<BreakerEvent>>,
    /// Where changes of state are counted too.
    changes: Option<BreakerChanges>,
    clock: Clock,
    name: &'static str,
}

impl Breaker {
    /// A closed breaker.
    ///
    /// # Panics
    /// [`BreakerConfig::check`] fails.
    pub fn new(config: BreakerConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// A closed breaker that reads its time from `clock` where it is not
    /// handed the time.
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
            tally: RefusalCounters::new(),
            turn: Mutex::new(OpenBackoff::new(config)),
            events: OnceLock::new(),
            changes: None,
            clock,
            name: "",
        }
    }

    /// The same with a name, which its events carry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same, counting its changes of state here.
    #[must_use]
    pub(crate) fn counted(mut self, changes: BreakerChanges) -> Self {
        self.changes = Some(changes);
        self
    }

    /// The name that its events carry; empty where it was given none.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Leave for a call that starts now, or why there is none.
    ///
    /// # Errors
    /// The breaker is open (`retry_after` is the time until it lets probes
    /// through), forced open, or half open with its probes under way. The last
    /// two say no time: nobody knows when somebody resets it, or how long a
    /// probe takes. To name the shortest time that it would be open after a
    /// failed probe would keep callers away from a peer that is well again.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        let word = self.word();
        match word.state() {
            BreakerState::Closed => Ok(Permit::new(self, word, now)),
            _ => self.admit_unless_open(now),
        }
    }

    /// Refuses every call from now on, until it is told otherwise. Like the
    /// other three, it ends what was: results of calls under way are dropped.
    pub fn force_open(&self) {
        self.force(BreakerState::ForcedOpen);
    }

    /// Lets every call through from now on, until it is told otherwise, and
    /// goes on counting, so that one can see what it would make of them.
    pub fn force_closed(&self) {
        self.force(BreakerState::ForcedClosed);
    }

    /// Lets every call through from now on, until it is told otherwise, and
    /// looks at none.
    pub fn disable(&self) {
        self.force(BreakerState::Disabled);
    }

    /// Starts over: closed, with an empty window, as if it had never opened.
    /// The way back from the other three.
    pub fn reset(&self) {
        self.start_over();
    }

    /// Takes another configuration while calls go on. State, row of failures
    /// and the time that an open breaker has left stay; a window that is as
    /// it was keeps its calls, another one starts empty, and calls under way
    /// count in neither.
    ///
    /// # Errors
    /// [`BreakerConfig::check`] fails; nothing has changed then.
    pub fn configure(&self, config: BreakerConfig) -> Result<(), InvalidPolicy> {
        self.reconfigure(config)
    }

    /// The configuration that holds.
    pub fn config(&self) -> BreakerConfig {
        lock(&self.turn).config
    }

    /// The changes of state from now on. The channel holds the last 64: a
    /// reader that falls behind is told how many it missed.
    pub fn subscribe(&self) -> broadcast::Receiver<BreakerEvent> {
        self.listen()
    }

    /// The state that a call would meet: an open breaker whose time is over
    /// is half open, though nobody has come to see it.
    pub fn state(&self, now: Instant) -> BreakerState {
        match self.word().state() {
            BreakerState::Open if self.since(now) >= self.open_until.load(Ordering::Relaxed) => {
                BreakerState::HalfOpen
            }
            state => state,
        }
    }

    /// What it knows, for metrics and consoles.
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
            probes_under_way: if probing { word.under_way() } else { 0 },
            probes_succeeded: if probing { word.succeeded() } else { 0 },
            refusals: self.tally.refusals(),
            dropped_results: self.tally.dropped_results(),
        }
    }

    /// Not cold: where it is open, refusing is what it is for.
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

    /// Whether a call may be a probe; `None` where the period is over.
    #[cold]
    fn admit_probe(&self, word: PackedState, now: Instant) -> Option<Result<Permit<'_>, Refusal>> {
        let probes = self.live_config.probes();
        if word.succeeded() >= probes {
            // A configuration asks for fewer than it did.
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
        self.tally.refused(reason);
        Refusal::new(PolicyKind::Breaker, reason)
    }

    /// Nanoseconds since the breaker was made; an earlier time is its making.
    #[inline]
    fn since(&self, now: Instant) -> u64 {
        self.start.nanos_to(now)
    }
}
