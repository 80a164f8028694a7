//! The decision: the processors are busy, and too many calls are in flight.

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

/// Counters of the changes between [`STATES`].
pub(crate) type ShedChanges = ChangeCounts<{ STATES.len() }>;

/// How long after a refusal the processor load is ignored.
const COOL_OFF: Duration = Duration::from_secs(1);

/// A policy that refuses calls on an overloaded server; see the
/// [module](super).
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
    /// The bits of the limit of the processor load.
    cpu: AtomicU64,
    in_flight: AtomicU32,
    window: Window,
    /// The time of the last refusal on a busy machine, in nanoseconds since
    /// the start; zero while passing.
    refused_at: AtomicU64,
    refused: AtomicU64,
    /// Shared counters of state changes.
    changes: Option<ShedChanges>,
}

/// A permit for one call, which is in flight until the permit is dropped.
#[derive(Debug)]
#[must_use = "dropping a permit ends the call"]
pub struct Permit<'a> {
    shedder: &'a Shedder,
    started: Instant,
}

impl Shedder {
    /// Creates a shedder with tokio's clock and the meter of the process.
    ///
    /// # Panics
    /// [`ShedConfig::check`] fails.
    pub fn new(config: ShedConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a shedder that reads the given clock.
    ///
    /// # Panics
    /// [`ShedConfig::check`] fails.
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

    /// Sets the meter of the processor load.
    #[must_use]
    pub fn metered(mut self, meter: CpuMeter) -> Self {
        self.meter = meter;
        self
    }

    /// Sets the name, for events and metrics.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the counters of its state changes.
    #[must_use]
    pub(crate) fn counted(mut self, changes: ShedChanges) -> Self {
        self.changes = Some(changes);
        self
    }

    /// Returns its name; empty by default.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Admits or refuses a call.
    ///
    /// # Errors
    /// [`RefusalReason::Overloaded`], with a `retry_after` of the time until
    /// shedding ends, unless the machine is busy again: one second, or what is
    /// left of it. Calls may pass earlier if enough of those in flight have
    /// ended.
    #[inline]
    pub fn admit(&self, now: Instant) -> Result<Permit<'_>, Refusal> {
        let busy = self.is_busy(now);
        if (busy || self.refused_at.load(Relaxed) != 0)
            && let Some(wait) = self.shed_for(now, busy)
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

    /// How long shedding lasts at least; `None` to admit the call.
    #[cold]
    fn shed_for(&self, now: Instant, busy: bool) -> Option<Duration> {
        let now = self.since_start(now);
        let refused_at = self.refused_at.load(Relaxed);
        let since = Duration::from_nanos(now.saturating_sub(refused_at));
        let left = COOL_OFF.saturating_sub(since);
        if !busy && left.is_zero() {
            self.set_refused_at(refused_at, 0);
            return None;
        }
        if self.in_flight() <= self.window.most_in_flight(now)? {
            return None;
        }
        if busy {
            self.set_refused_at(refused_at, now.max(1));
            return Some(COOL_OFF);
        }
        // Refusals of the cool-off do not extend it.
        Some(left)
    }

    /// Sets the time of the last refusal, and reports a change of state.
    fn set_refused_at(&self, from: u64, to: u64) {
        let stored = self
            .refused_at
            .compare_exchange(from, to, Relaxed, Relaxed)
            .is_ok();
        let (old, new) = (usize::from(from != 0), usize::from(to != 0));
        if !stored || old == new {
            return;
        }
        if let Some(changes) = &self.changes {
            changes.count(old, new);
        }
        tracing::warn!(
            target: "kit::policy",
            policy = PolicyKind::Shed.name(),
            name = self.name,
            from = STATES[old],
            to = STATES[new],
            "state changed"
        );
    }

    #[cold]
    fn refuse(&self, wait: Duration) -> Refusal {
        self.refused.fetch_add(1, Relaxed);
        Refusal::new(PolicyKind::Shed, RefusalReason::Overloaded).with_retry_after(wait)
    }

    /// Returns the number of calls in flight.
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Relaxed)
    }

    /// Returns the number of calls refused since the shedder was created.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Whether it refused calls recently, and may refuse more.
    pub fn is_shedding(&self) -> bool {
        self.refused_at.load(Relaxed) != 0
    }

    /// Returns the processor load, from 0 to 1; `None` if it is unknown.
    pub fn cpu(&self, now: Instant) -> Option<f64> {
        self.meter.share(now)
    }

    /// The current time, by the shedder's clock.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Returns the current configuration.
    pub fn config(&self) -> ShedConfig {
        ShedConfig::new().cpu(f64::from_bits(self.cpu.load(Relaxed)))
    }

    /// Replaces the configuration while calls are running; measurements are
    /// kept.
    ///
    /// # Errors
    /// [`ShedConfig::check`] fails; nothing has changed.
    pub fn configure(&self, config: ShedConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        self.cpu.store(config.cpu.to_bits(), Relaxed);
        Ok(())
    }

    fn since_start(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.start).as_nanos() as u64
    }
}

/// A permit without a borrow of its shedder.
#[derive(Debug)]
pub(crate) struct Detached {
    started: Instant,
}

impl Detached {
    /// Restores the permit, of the same shedder.
    pub(crate) fn attach(self, shedder: &Shedder) -> Permit<'_> {
        Permit {
            shedder,
            started: self.started,
        }
    }
}

impl Permit<'_> {
    /// Detaches the permit from its shedder. The call stays in flight until
    /// the permit is attached again and dropped.
    pub(crate) fn detach(self) -> Detached {
        let started = self.started;
        std::mem::forget(self);
        Detached { started }
    }

    /// Records that the call succeeded. A permit that is dropped instead is a
    /// call that was cancelled, which is no evidence of what the server can do.
    pub fn record(self, now: Instant) {
        let took = now.saturating_duration_since(self.started).as_nanos() as u64;
        self.shedder
            .window
            .record(self.shedder.since_start(now), took);
    }

    /// Records a completion if it is a success. A call that an inner policy
    /// refused, or that failed, is not recorded. A call that hit its deadline
    /// in particular took as long as its caller waits; counted as throughput,
    /// it would raise the estimate to the number in flight, and end the
    /// shedding.
    pub(crate) fn record_end(self, completion: Completion, now: Instant) {
        let class = OutcomeClasses::DEFAULT.of(completion.code);
        if !completion.refused_here && class == OutcomeClass::Success {
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
