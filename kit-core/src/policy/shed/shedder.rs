//! The decision: busy, and more in flight than can be done.

use std::time::{Duration, Instant};

use super::meter::CpuMeter;
use super::window::Window;
use crate::model::completion::Completion;
use crate::model::policies::invalid::InvalidPolicy;
use crate::model::policies::outcome::{OutcomeClass, OutcomeClasses};
use crate::model::policies::shed::ShedConfig;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::support::changes::ChangeCounts;
use crate::policy::support::clock::Clock;
use crate::policy::support::sync::atomic::Ordering::Relaxed;
use crate::policy::support::sync::atomic::{AtomicU32, AtomicU64};

/// The names of the states: not refusing, and refusing.
pub(crate) const STATES: [&str; 2] = ["passing", "shedding"];

/// Counts of the changes between them.
pub(crate) type ShedChanges = ChangeCounts<{ STATES.len() }>;

/// How long after a refusal the processors are not asked.
const COOL_OFF: Duration = Duration::from_secs(1);

/// Refuses what a busy server can't do; see the [module](super).
///
/// ```
/// use std::time::Instant;
/// use kit::policy::shed::{CpuMeter, ShedConfig, Shedder};
///
/// // Busy, but nothing is in flight: the call passes.
/// let shedder = Shedder::new(ShedConfig::new()).metered(CpuMeter::of(|| Some(1.0)));
/// let permit = shedder.admit(Instant::now())?;
/// assert_eq!(shedder.in_flight(), 1);
/// permit.record(Instant::now());
/// # Ok::<(), kit::policy::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Shedder {
    name: &'static str,
    clock: Clock,
    start: Instant,
    meter: CpuMeter,
    /// The bits of the limit.
    cpu: AtomicU64,
    in_flight: AtomicU32,
    window: Window,
    /// When a call was last refused on a busy machine, in nanoseconds since
    /// the start; zero while passing.
    refused_at: AtomicU64,
    refused: AtomicU64,
    /// Where changes of state are counted too.
    changes: Option<ShedChanges>,
}

/// A call that was let in; it is no more in flight once dropped.
#[derive(Debug)]
#[must_use = "dropping a permit ends the call"]
pub struct Permit<'a> {
    shedder: &'a Shedder,
    started: Instant,
}

impl Shedder {
    /// A shedder on tokio's clock and the meter of the process.
    ///
    /// # Panics
    /// Where [`ShedConfig::check`] fails.
    pub fn new(config: ShedConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// A shedder on a clock of one's own.
    ///
    /// # Panics
    /// Where [`ShedConfig::check`] fails.
    pub fn with_clock(config: ShedConfig, clock: Clock) -> Self {
        Self {
            name: "",
            start: clock.now(),
            clock,
            meter: CpuMeter::process(),
            cpu: AtomicU64::new(config.checked().cpu.to_bits()),
            in_flight: AtomicU32::new(0),
            window: Window::new(),
            refused_at: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            changes: None,
        }
    }

    /// The same with a meter of one's own.
    #[must_use]
    pub fn metered(mut self, meter: CpuMeter) -> Self {
        self.meter = meter;
        self
    }

    /// The same with a name, for events and metrics.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same, counting its changes of state here.
    #[must_use]
    pub(crate) fn counted(mut self, changes: ShedChanges) -> Self {
        self.changes = Some(changes);
        self
    }

    /// Its name; empty where it was given none.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Lets a call in, or refuses it.
    ///
    /// # Errors
    /// [`RefusalReason::Overloaded`], to come back once shedding ends unless
    /// the machine is busy then: after a second, or what is left of it. Calls
    /// pass before where enough of those in flight have ended.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        let busy = self.is_busy(now);
        if (busy || self.refused_at.load(Relaxed) != 0)
            && let Some(wait) = self.sheds(now, busy)
        {
            return Err(self.refuse(wait));
        }
        self.in_flight.fetch_add(1, Relaxed);
        Ok(Permit {
            shedder: self,
            started: now,
        })
    }

    #[inline]
    fn is_busy(&self, now: Instant) -> bool {
        let limit = f64::from_bits(self.cpu.load(Relaxed));
        self.meter.share(now).is_some_and(|share| share >= limit)
    }

    /// How long it goes on at least, where it refuses a call.
    #[cold]
    fn sheds(&self, now: Instant, busy: bool) -> Option<Duration> {
        let now = self.since_start(now);
        let refused_at = self.refused_at.load(Relaxed);
        let since = Duration::from_nanos(now.saturating_sub(refused_at));
        let left = COOL_OFF.saturating_sub(since);
        if !busy && left.is_zero() {
            self.moved(refused_at, 0);
            return None;
        }
        if self.in_flight() <= self.window.most_in_flight(now)? {
            return None;
        }
        if busy {
            self.moved(refused_at, now.max(1));
            return Some(COOL_OFF);
        }
        // While cooling off the time does not move on: it ends.
        Some(left)
    }

    /// Moves the time of the last refusal, and tells of a change of state.
    fn moved(&self, from: u64, to: u64) {
        let moved = self
            .refused_at
            .compare_exchange(from, to, Relaxed, Relaxed)
            .is_ok();
        let (was, is) = (usize::from(from != 0), usize::from(to != 0));
        if !moved || was == is {
            return;
        }
        if let Some(changes) = &self.changes {
            changes.count(was, is);
        }
        tracing::warn!(
            target: "kit::policy",
            policy = PolicyKind::Shed.name(),
            name = self.name,
            from = STATES[was],
            to = STATES[is],
            "state changed"
        );
    }

    #[cold]
    fn refuse(&self, wait: Duration) -> Refusal {
        self.refused.fetch_add(1, Relaxed);
        Refusal::new(PolicyKind::Shed, RefusalReason::Overloaded).with_retry_after(wait)
    }

    /// How many calls are in flight.
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Relaxed)
    }

    /// How many calls were refused since the shedder was made.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Whether it has refused calls of late, and may refuse more.
    pub fn is_shedding(&self) -> bool {
        self.refused_at.load(Relaxed) != 0
    }

    /// How busy the processors are, from 0 to 1; `None` where that is not
    /// known.
    pub fn cpu(&self, now: Instant) -> Option<f64> {
        self.meter.share(now)
    }

    /// The time now, by the shedder's clock.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Its values now.
    pub fn config(&self) -> ShedConfig {
        ShedConfig::new().cpu(f64::from_bits(self.cpu.load(Relaxed)))
    }

    /// Changes the values while calls run; what was measured stays.
    ///
    /// # Errors
    /// Where [`ShedConfig::check`] fails; nothing has changed then.
    pub fn configure(&self, config: ShedConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        self.cpu.store(config.cpu.to_bits(), Relaxed);
        Ok(())
    }

    fn since_start(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.start).as_nanos() as u64
    }
}

/// A permit kept where its shedder can't be borrowed.
#[derive(Debug)]
pub(crate) struct Detached {
    started: Instant,
}

impl Detached {
    /// The permit that it was, of the same shedder.
    pub(crate) fn attach(self, shedder: &Shedder) -> Permit<'_> {
        Permit {
            shedder,
            started: self.started,
        }
    }
}

impl Permit<'_> {
    /// The permit without its shedder: the call stays in flight until it is
    /// attached again, and that is dropped.
    pub(crate) fn detach(self) -> Detached {
        let started = self.started;
        std::mem::forget(self);
        Detached { started }
    }

    /// The call was done, now. A permit that is dropped instead was a call
    /// given up: it says nothing of what the server can do.
    pub fn record(self, now: Instant) {
        let took = now.saturating_duration_since(self.started).as_nanos() as u64;
        self.shedder
            .window
            .record(self.shedder.since_start(now), took);
    }

    /// The same, where it was done: what a policy refused further in was not,
    /// nor was what failed. A call that was cut at its deadline above all took
    /// as long as its caller waits, and counted as done it would raise the
    /// estimate to what is in flight, and end the shedding.
    pub(crate) fn record_end(self, ended: Completion, now: Instant) {
        let class = OutcomeClasses::DEFAULT.of(ended.code);
        if !ended.refused_here && class == OutcomeClass::Success {
            self.record(now);
        }
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.shedder.in_flight.fetch_sub(1, Relaxed);
    }
}
