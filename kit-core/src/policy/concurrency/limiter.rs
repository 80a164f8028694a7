//! The limiter: a gate, and what moves its limit.

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

/// Lets so many calls run at once; see the [module](super).
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

#[derive(Debug)]
struct Settings {
    config: ConcurrencyConfig,
    adaptive: Option<Adaptive>,
}

impl ConcurrencyLimiter {
    /// A limiter on tokio's clock, with nobody inside.
    ///
    /// # Panics
    /// Where [`ConcurrencyConfig::check`] fails.
    pub fn new(config: ConcurrencyConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// A limiter on a clock of one's own, which an adaptive limit measures
    /// with. Waits are tokio's.
    ///
    /// # Panics
    /// Where [`ConcurrencyConfig::check`] fails.
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

    /// The same with a name, for events and metrics.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Its name; empty where it was given none.
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

    /// Whether the limit is adaptive, so that ends of calls are worth
    /// recording.
    #[inline]
    pub fn is_adaptive(&self) -> bool {
        self.adapts.load(Relaxed)
    }

    /// How many calls may run at once now.
    pub fn limit(&self) -> u32 {
        self.gate.limit()
    }

    /// How many calls run.
    pub fn in_flight(&self) -> u32 {
        self.gate.inside()
    }

    /// How many calls wait.
    pub fn queued(&self) -> u32 {
        self.gate.waiting()
    }

    /// How many calls were refused for this reason since the limiter was made.
    pub fn refused(&self, reason: RefusalReason) -> u64 {
        match reason {
            RefusalReason::QueueFull => self.refused_full.load(Relaxed),
            RefusalReason::WaitedTooLong => self.refused_late.load(Relaxed),
            _ => 0,
        }
    }

    /// Where it has the time from.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its values now.
    pub fn config(&self) -> ConcurrencyConfig {
        self.lock().config
    }

    /// Changes the values while calls run. Those inside stay, however low the
    /// limit, and so do those who wait; a higher limit lets them in at once. An
    /// adaptive limit keeps what it has learned, unless its algorithm changes.
    ///
    /// # Errors
    /// Where [`ConcurrencyConfig::check`] fails; nothing has changed then.
    pub fn configure(&self, config: ConcurrencyConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let moved = {
            let mut settings = self.lock();
            settings.change(config);
            self.adapts.store(settings.adaptive.is_some(), Relaxed);
            self.gate.set_queue_max(config.queue);
            self.move_limit(settings.limit())
        };
        self.let_in_and_tell(moved);
        Ok(())
    }

    pub(super) fn record(&self, code: Code, took: Duration) {
        let moved = {
            // While another call is being counted this one is left out: one
            // sample more or less moves no average, and nobody waits.
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
                inside: self.gate.inside(),
                dropped,
            });
            self.move_limit(limit)
        };
        self.let_in_and_tell(moved);
    }

    /// The limit before and after, where they differ; the settings' lock is
    /// held, so that limits follow each other as the settings do, and what a
    /// late call works out never takes the place of what came after it.
    #[inline]
    fn move_limit(&self, to: u32) -> Option<(u32, u32)> {
        let from = self.gate.limit();
        (from != to).then(|| {
            self.gate.set_limit(to);
            (from, to)
        })
    }

    /// Lets those in for whom the new limit has room, and tells of it. Wakers
    /// and subscribers are others' code, so no lock is held.
    #[inline]
    fn let_in_and_tell(&self, moved: Option<(u32, u32)>) {
        let Some((from, to)) = moved else {
            return;
        };
        self.gate.let_in();
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
