//! Tries beside a slow try.
//!
//! Some calls are slow for no reason that a second one would share: a queue
//! behind one instance, a pause of one process. Where a call has taken longer
//! than most, a second is sent, and the first answer wins (Dean and Barroso,
//! "The Tail at Scale", 2013). It cuts the tail for a few percent of load,
//! and these are bounded twice: by the percentile, which lets so few calls
//! come to it, and by a budget, which holds when all calls become slow at
//! once and a second try would only make it worse.
//!
//! - There is one second try, and the loser is dropped, which cancels it.
//! - A call that fails before its second try was sent has failed: to try again
//!   is the task of a [retry](super::retry), outside. After that, a failure
//!   waits for the other try. A domain error is an answer, and wins.
//! - A second try that a policy of this process refuses costs nothing.
//! - Latencies are those of first tries that succeed. One whose second try won
//!   counts with the time it had taken: it is above the percentile, which is
//!   all that matters.
//! - There is no percentile before ten calls within half a minute: without
//!   knowing what is slow, nothing is.
//!
//! Both tries run in the task of their caller; nothing is spawned or allocated.
//! The scheme and its values (the percentile from the extra load, a floor of a
//! millisecond, a refresh every three seconds) are those of Finagle's
//! `BackupRequestFilter`.
//!
//! ```text
//!  first ─────────────┬──► ok in time ─────────────────► done
//!                     └──► slow ─► budget? ─ no ─► wait for it
//!                                    └ yes ─► second ─► whoever succeeds first
//! ```
//!
//! By hand:
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
//! The core alone:
//!
//! ```
//! use std::time::{Duration, Instant};
//! use kit::policy::hedge::{Hedge, HedgeConfig, Try};
//!
//! let hedge = Hedge::new(HedgeConfig::new().after(Duration::from_millis(5)));
//! let now = Instant::now();
//! let mut call = hedge.begin(now);
//! assert_eq!(call.delay(), Some(Duration::from_millis(5)));
//! // So long has it taken:
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

/// No fixed delay.
const NONE: u64 = u64::MAX;

/// Second tries that nobody need pay for, in each ten seconds: a client that
/// calls seldom has slow calls too.
const RESERVE: u32 = 1;

/// Sends a slow call a second time; see the [module](self).
///
/// It is made once for each method and shared by its calls.
pub struct Hedge {
    name: &'static str,
    clock: Clock,
    start: TimeBase,
    latencies: Latencies,
    budget: RetryBudget,
    config: RwLock<HedgeConfig>,
    /// What every call asks for: the fixed delay, or [`NONE`] and the bits of
    /// the percentile.
    fixed: AtomicU64,
    share: AtomicU64,
    earned: AtomicU32,
    counts: Arc<HedgeCounts>,
}

/// Which of two tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// The call as it was sent first.
    First,
    /// The one sent because the first was slow.
    Second,
}

impl Hedge {
    /// A policy on tokio's clock.
    ///
    /// # Panics
    /// [`HedgeConfig::check`] fails.
    pub fn new(config: HedgeConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// The same on another clock. Delays are tokio's in any case.
    ///
    /// # Panics
    /// As [`Hedge::new`].
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

    /// The same with a name for its events.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same, counting here what others count too.
    #[must_use]
    pub(crate) fn counted(mut self, counts: Arc<HedgeCounts>) -> Self {
        self.counts = counts;
        self
    }

    /// Begins a call, which pays its share into the budget.
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
            began: now,
            delay,
        }
    }

    /// Changes the values; latencies, budget and counts stay. A new percentile
    /// holds within three seconds.
    ///
    /// # Errors
    /// [`HedgeConfig::check`] fails, and nothing changes.
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

    /// The values as they are now.
    pub fn config(&self) -> HedgeConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many second tries were sent.
    pub fn fired(&self) -> u64 {
        self.counts.read().fired
    }

    /// How many of them won.
    pub fn won(&self) -> u64 {
        self.counts.read().won
    }

    /// How many were not sent, as the budget was spent.
    pub fn unpaid(&self) -> u64 {
        self.counts.read().unpaid
    }
}

/// One call under way, from [`Hedge::begin`]. Dropping it says nothing of the
/// call: it failed or was cancelled.
#[derive(Debug)]
pub struct Hedging<'a> {
    hedge: &'a Hedge,
    began: Instant,
    delay: Option<Duration>,
}

impl Hedging<'_> {
    /// How long to wait before the second try; `None` where there is none.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// Whether the second try may be sent; if so, it is paid for.
    pub fn fire(&mut self, now: Instant) -> bool {
        let paid = self.hedge.budget.spend(now);
        self.hedge.counts.note(paid);
        if paid {
            tracing::debug!(
                target: "kit::policy",
                policy = "hedge",
                name = self.hedge.name,
                "sending a second try",
            );
        }
        paid
    }

    /// The second try never left, as a policy of this process refused it: what
    /// was paid comes back.
    pub fn refused(&mut self, now: Instant) {
        self.hedge.budget.give_back(now);
    }

    /// The call succeeded, by this try.
    #[inline]
    pub fn succeeded(self, by: Try, now: Instant) {
        let took = now.saturating_duration_since(self.began);
        self.hedge.latencies.record(took);
        if by == Try::Second {
            self.hedge.counts.note_won();
        }
    }
}

fn delay_bits(config: &HedgeConfig) -> (u64, u64) {
    match config.delay() {
        HedgeDelay::Fixed(delay) => {
            let delay = u64::try_from(delay.as_nanos()).unwrap_or(NONE);
            // One past the end of the clock is never waited for.
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
