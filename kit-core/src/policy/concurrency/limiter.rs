//! The limiter: a gate, and the adaptation of its limit.

use std::sync::PoisonError;
use std::time::Duration;

use super::adaptive::{Adaptive, Sample};
use super::gate::Gate;
use crate::model::code::Code;
use crate::model::policies::concurrency::ConcurrencyConfig;
use crate::model::policies::invalid::InvalidPolicy;
use crate::model::policies::outcome::OutcomeClass;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::support::clock::Clock;
use crate::policy::support::sync::Mutex;
use crate::policy::support::sync::atomic::Ordering::Relaxed;
use crate::policy::support::sync::atomic::{AtomicBool, AtomicU64};

/// Limits concurrent calls; see the [module](super).
///
/// ```
/// use std::time::Instant;
/// use kit::policy::RefusalReason;
/// use kit::policy::concurrency::{ConcurrencyConfig, ConcurrencyLimiter};
///
/// let limiter = ConcurrencyLimiter::new(ConcurrencyConfig::new(1));
/// let permit = limiter.admit(Instant::now())?;
/// let refusal = limiter.admit(Instant::now()).unwrap_err();
/// assert_eq!(refusal.reason(), RefusalReason::QueueFull);
/// drop(permit);
/// assert!(limiter.admit(Instant::now()).is_ok());
/// # Ok::<(), kit::policy::Refusal>(())
/// ```
#[derive(Debug)]
pub struct ConcurrencyLimiter {
    pub(super) gate: Gate,
    pub(super) adapts: AtomicBool,
    pub(super) clock: Clock,
    name: &'static str,
    refused_full: AtomicU64,
    refused_late: AtomicU64,
    settings: Mutex<Settings>,
}

/// The configuration and the adaptive state, under one lock.
#[derive(Debug)]
struct Settings {
    config: ConcurrencyConfig,
    adaptive: Option<Adaptive>,
}

impl ConcurrencyLimiter {
    /// Creates a limiter with tokio's clock, and no call in flight.
    ///
    /// # Panics
    /// [`ConcurrencyConfig::check`] fails.
    pub fn new(config: ConcurrencyConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a limiter whose adaptive limit measures with the given clock.
    /// Waits use tokio's clock.
    ///
    /// # Panics
    /// [`ConcurrencyConfig::check`] fails.
    pub fn with_clock(config: ConcurrencyConfig, clock: Clock) -> Self {
        let settings = Settings::new(config.checked());
        Self {
            gate: Gate::new(settings.limit(), config.queue),
            adapts: AtomicBool::new(settings.adaptive.is_some()),
            clock,
            name: "",
            refused_full: AtomicU64::new(0),
            refused_late: AtomicU64::new(0),
            settings: Mutex::new(settings),
        }
    }

    /// Sets the name, for events and metrics.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Returns its name; empty by default.
    pub fn name(&self) -> &'static str {
        self.name
    }

    #[cold]
    pub(super) fn refuse(&self, reason: RefusalReason) -> Refusal {
        match reason {
            RefusalReason::WaitedTooLong => self.refused_late.fetch_add(1, Relaxed),
            _ => self.refused_full.fetch_add(1, Relaxed),
        };
        Refusal::new(PolicyKind::Concurrency, reason)
    }

    /// Whether the limit is adaptive, so that completions should be recorded.
    #[inline]
    pub fn is_adaptive(&self) -> bool {
        self.adapts.load(Relaxed)
    }

    /// Returns the number of calls that may run concurrently now.
    pub fn limit(&self) -> u32 {
        self.gate.limit()
    }

    /// Returns the number of calls that run.
    pub fn in_flight(&self) -> u32 {
        self.gate.in_flight()
    }

    /// Returns the number of calls that wait.
    pub fn queued(&self) -> u32 {
        self.gate.waiting()
    }

    /// Returns the number of calls refused for this reason since the limiter
    /// was created.
    pub fn refused(&self, reason: RefusalReason) -> u64 {
        match reason {
            RefusalReason::QueueFull => self.refused_full.load(Relaxed),
            RefusalReason::WaitedTooLong => self.refused_late.load(Relaxed),
            _ => 0,
        }
    }

    /// Returns the source of the time.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns the current configuration.
    pub fn config(&self) -> ConcurrencyConfig {
        self.lock().config
    }

    /// Replaces the configuration while calls are running. Running and waiting
    /// calls are kept, however low the limit; a higher limit admits waiting
    /// calls at once. An adaptive limit keeps its state, unless its algorithm
    /// changes.
    ///
    /// # Errors
    /// [`ConcurrencyConfig::check`] fails; nothing has changed.
    pub fn configure(&self, config: ConcurrencyConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let change = {
            let mut settings = self.lock();
            settings.change(config);
            self.adapts.store(settings.adaptive.is_some(), Relaxed);
            self.gate.set_queue_max(config.queue);
            self.set_limit(settings.limit())
        };
        self.apply(change);
        Ok(())
    }

    /// Passes a completed call to the adaptive limit.
    pub(super) fn record(&self, code: Code, took: Duration) {
        let change = {
            // While another call is being recorded this one is skipped: one
            // sample does not matter to an average, and no call waits.
            let Ok(mut settings) = self.settings.try_lock() else {
                return;
            };
            let dropped = match settings.config.classes.of(code) {
                OutcomeClass::Success => false,
                OutcomeClass::Failure | OutcomeClass::Soft => true,
                OutcomeClass::Ignored => return,
            };
            let Some(adaptive) = &mut settings.adaptive else {
                return;
            };
            let limit = adaptive.next(Sample {
                took,
                in_flight: self.gate.in_flight(),
                dropped,
            });
            self.set_limit(limit)
        };
        self.apply(change);
    }

    /// Sets the limit and returns the old and the new one if they differ. The
    /// caller holds the lock of the settings, so that limits follow each other
    /// in the order of the settings, and the result of a late call never
    /// replaces a later one.
    #[inline]
    fn set_limit(&self, to: u32) -> Option<(u32, u32)> {
        let from = self.gate.limit();
        (from != to).then(|| {
            self.gate.set_limit(to);
            (from, to)
        })
    }

    /// Admits waiting calls after a change of the limit, and reports it. Wakers
    /// and subscribers are external code, so no lock is held.
    #[inline]
    fn apply(&self, change: Option<(u32, u32)>) {
        let Some((from, to)) = change else {
            return;
        };
        self.gate.admit_waiters();
        tracing::debug!(
            target: "kit::policy",
            policy = PolicyKind::Concurrency.name(),
            name = self.name,
            from,
            to,
            "limit changed"
        );
    }

    fn lock(&self) -> impl std::ops::DerefMut<Target = Settings> + '_ {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settings {
    fn new(config: ConcurrencyConfig) -> Self {
        let adaptive = config
            .adaptive_algorithm()
            .map(|algorithm| Adaptive::new(algorithm, (config.min, config.max)));
        Self { config, adaptive }
    }

    fn change(&mut self, config: ConcurrencyConfig) {
        match &mut self.adaptive {
            Some(adaptive) if self.config.adaptive_algorithm() == config.adaptive_algorithm() => {
                adaptive.bound((config.min, config.max));
                self.config = config;
            }
            _ => *self = Self::new(config),
        }
    }

    fn limit(&self) -> u32 {
        match (&self.adaptive, self.config.limit) {
            (Some(adaptive), _) => adaptive.limit(),
            (None, limit) => limit.unwrap_or(1),
        }
    }
}
