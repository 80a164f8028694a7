//! Sends a second request when the first is slow.
//!
//! Some calls are slow for reasons that a second one would not share: a queue
//! at one instance, a pause of one process. When a call has taken longer than
//! most, a second is sent, and the first response wins (Dean and Barroso, "The
//! Tail at Scale", 2013). That cuts the tail latency at the price of a few
//! percent of load, which has two bounds: the percentile, which few calls
//! exceed, and a budget, which holds when all calls become slow at once and
//! more requests would make it worse.
//!
//! - There is one second attempt, and the loser is dropped, which cancels it.
//! - A call that fails before its second attempt was sent has failed: repeating
//!   it is the task of a [retry](super::retry), further out. Later, a failure
//!   waits for the other attempt. A domain error is a response, and wins.
//! - A second attempt that a policy of this process refuses costs nothing.
//! - Latencies are those of first attempts that succeed. A call whose second
//!   attempt won counts with its total time, which is above the percentile;
//!   nothing else matters.
//! - There is no percentile before ten calls within half a minute, and no
//!   second attempt without one.
//!
//! Both attempts run in the task of the caller; nothing is spawned, and only
//! the second attempt is allocated. The scheme and its values (the percentile
//! from the extra load, a floor of a millisecond, a refresh every three
//! seconds) are those of Finagle's `BackupRequestFilter`.
//!
//! ```text
//!  first ─────────────┬──► ok in time ─────────────────► done
//!                     └──► slow ─► budget? ─ no ─► wait for the first
//!                                    └ yes ─► second ─► first to succeed wins
//! ```
//!
//! Applied by hand to any endpoint whose request can be cloned:
//!
//! ```
//! # use kit::{Context, Endpoint, EndpointFn, Method, MethodMeta, Status};
//! # struct Flip;
//! # impl Method for Flip {
//! #     type Request = (); type Response = u32; type Error = Status;
//! #     const META: &'static MethodMeta = &MethodMeta::new("Coin", "flip", "Flip");
//! # }
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use std::time::Duration;
//! use kit::policy::hedge::{Hedge, HedgeConfig};
//!
//! static CALLS: AtomicU32 = AtomicU32::new(0);
//! let stuck_once = EndpointFn::new(|_: Context, (): ()| async {
//!     match CALLS.fetch_add(1, Ordering::Relaxed) {
//!         0 => std::future::pending().await,
//!         call => Ok(call),
//!     }
//! });
//! let hedge = Hedge::new(HedgeConfig::new().after(Duration::from_millis(5)));
//! let endpoint = kit::Chain::new(hedge, stuck_once);
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let outcome = Endpoint::<Flip>::call(&endpoint, &Context::new(), ()).await;
//! assert_eq!(outcome.ok(), Some(1));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The core on its own takes the time as an argument:
//!
//! ```
//! use std::time::{Duration, Instant};
//! use kit::policy::hedge::{Hedge, HedgeConfig, Try};
//!
//! let hedge = Hedge::new(HedgeConfig::new().after(Duration::from_millis(5)));
//! let now = Instant::now();
//! let mut call = hedge.begin(now);
//! assert_eq!(call.delay(), Some(Duration::from_millis(5)));
//! // The first attempt has taken that long:
//! let now = now + Duration::from_millis(5);
//! assert!(call.fire(now));
//! call.succeeded(Try::Second, now);
//! assert_eq!(hedge.won(), 1);
//! ```

mod counts;
mod latencies;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use self::latencies::Latencies;
use super::retry::{RetryBudget, fraction};
use super::support::Clock;
use super::support::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use super::support::time_base::TimeBase;
use crate::model::policies::InvalidPolicy;

pub(crate) use self::counts::HedgeCounts;
pub use self::counts::HedgeSnapshot;
pub use crate::model::policies::hedge::{HedgeConfig, HedgeDelay};

/// The value of `fixed` without a fixed delay.
const NONE: u64 = u64::MAX;

/// Second attempts that need no budget, in each ten seconds: a client that
/// calls rarely has slow calls too.
const RESERVE: u32 = 1;

/// A policy that sends a slow call a second time; see the [module](self).
///
/// There is one for each method, shared by its calls.
pub struct Hedge {
    name: &'static str,
    clock: Clock,
    start: TimeBase,
    latencies: Latencies,
    budget: RetryBudget,
    config: RwLock<HedgeConfig>,
    /// What every call reads: the fixed delay, or [`NONE`] and the bits of
    /// the percentile.
    fixed: AtomicU64,
    share: AtomicU64,
    earned: AtomicU32,
    counts: Arc<HedgeCounts>,
}

/// One of the two attempts of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// The call as first sent.
    First,
    /// The call sent because the first was slow.
    Second,
}

impl Hedge {
    /// Creates a policy with tokio's clock.
    ///
    /// # Panics
    /// [`HedgeConfig::check`] fails.
    pub fn new(config: HedgeConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a policy that reads the given clock. Delays use tokio's clock
    /// in any case.
    ///
    /// # Panics
    /// [`HedgeConfig::check`] fails.
    pub fn with_clock(config: HedgeConfig, clock: Clock) -> Self {
        let config = config.checked();
        let start = clock.now();
        let (fixed, share) = delay_bits(&config);
        Self {
            name: "",
            clock,
            start: TimeBase::new(start),
            latencies: Latencies::new(),
            budget: RetryBudget::starting(start, RESERVE),
            config: RwLock::new(config),
            fixed: AtomicU64::new(fixed),
            share: AtomicU64::new(share),
            earned: AtomicU32::new(fraction(config.extra_load)),
            counts: Arc::default(),
        }
    }

    /// Sets the name that events carry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the counters, which other hedges may share.
    #[must_use]
    pub(crate) fn counted(mut self, counts: Arc<HedgeCounts>) -> Self {
        self.counts = counts;
        self
    }

    /// Begins a call, which earns its fraction of the budget.
    #[inline]
    pub fn begin(&self, now: Instant) -> Hedging<'_> {
        self.budget
            .earn_fraction(self.earned.load(Ordering::Relaxed), now);
        let delay = match self.fixed.load(Ordering::Relaxed) {
            NONE => {
                let share = f64::from_bits(self.share.load(Ordering::Relaxed));
                self.latencies.percentile(share, self.start.nanos_to(now))
            }
            fixed => Some(Duration::from_nanos(fixed)),
        };
        Hedging {
            hedge: self,
            started: now,
            delay,
        }
    }

    /// Replaces the configuration; latencies, budget and counts are kept. A
    /// new percentile takes effect within three seconds.
    ///
    /// # Errors
    /// [`HedgeConfig::check`] fails; nothing has changed.
    pub fn configure(&self, config: HedgeConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        let (fixed, share) = delay_bits(&config);
        self.share.store(share, Ordering::Relaxed);
        self.fixed.store(fixed, Ordering::Relaxed);
        self.earned
            .store(fraction(config.extra_load), Ordering::Relaxed);
        Ok(())
    }

    /// Returns the current configuration.
    pub fn config(&self) -> HedgeConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of second attempts that were sent.
    pub fn fired(&self) -> u64 {
        self.counts.read().fired
    }

    /// Returns the number of second attempts that won.
    pub fn won(&self) -> u64 {
        self.counts.read().won
    }

    /// Returns the number of second attempts not sent, as the budget was spent.
    pub fn unpaid(&self) -> u64 {
        self.counts.read().unpaid
    }
}

/// One call in flight, from [`Hedge::begin`]. Dropping it records nothing: the
/// call failed or was cancelled.
#[derive(Debug)]
pub struct Hedging<'a> {
    hedge: &'a Hedge,
    started: Instant,
    delay: Option<Duration>,
}

impl Hedging<'_> {
    /// Returns the delay before the second attempt; `None` if none is to be
    /// sent.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// Whether the second attempt may be sent; if so, takes its cost from the
    /// budget.
    pub fn fire(&mut self, now: Instant) -> bool {
        let paid = self.hedge.budget.spend(now);
        self.hedge.counts.note(paid);
        if paid {
            tracing::debug!(
                target: "kit::policy",
                policy = "hedge",
                name = self.hedge.name,
                "sending a second attempt",
            );
        }
        paid
    }

    /// Refunds the cost of the second attempt to the budget, as a policy of
    /// this process refused it and it was never sent.
    pub fn refused(&mut self, now: Instant) {
        self.hedge.budget.give_back(now);
    }

    /// Records that the call succeeded, by this attempt.
    #[inline]
    pub fn succeeded(self, by: Try, now: Instant) {
        let took = now.saturating_duration_since(self.started);
        self.hedge.latencies.record(took);
        if by == Try::Second {
            self.hedge.counts.note_won();
        }
    }
}

/// The values of `fixed` and `share`.
fn delay_bits(config: &HedgeConfig) -> (u64, u64) {
    match config.delay() {
        HedgeDelay::Fixed(delay) => {
            let delay = u64::try_from(delay.as_nanos()).unwrap_or(NONE);
            // A delay beyond the range of the clock never elapses.
            (delay.min(NONE - 1), 0)
        }
        HedgeDelay::Percentile(share) => (NONE, share.to_bits()),
    }
}

impl fmt::Debug for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hedge")
            .field("name", &self.name)
            .field("config", &self.config())
            .finish_non_exhaustive()
    }
}
