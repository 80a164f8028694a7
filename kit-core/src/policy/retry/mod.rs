//! Tries again.
//!
//! A retry hides a failure that passes, and makes one that lasts worse. So it
//! is held by five reins:
//!
//! - *Which failures*: those whose code is declared, `unavailable` if none is.
//!   A domain error is an answer. What a breaker or limiter of this process
//!   refused was not a failure of the peer; it is never tried again.
//! - *How often*: [`attempts`](RetryConfig::attempts) a call, and for all
//!   calls together a [`RetryBudget`]: while a peer is down, its load grows by
//!   a fifth and not threefold.
//! - *When*: after a random wait that grows (full jitter), later where the
//!   peer asks for it (`Retry-After`, `google.rpc.RetryInfo`,
//!   `grpc-retry-pushback-ms`), and not at all where it asks for that.
//! - *Until when*: an attempt that would start after the deadline is not
//!   waited for.
//! - *On which floor*: three attempts on each of three floors are 27. A retry
//!   says so to its peer (`grpc-previous-rpc-attempts`, over HTTP too), and
//!   what is called on behalf of a retry is tried once (*chain stop*, as in
//!   Kitex): the sum grows with the number of floors, not with its power.
//!
//! It stands above what picks an instance, so that each attempt picks again.
//! The request is cloned for every attempt that may be followed by another.
//! There is no memory of what failed before: that is a breaker's, below.
//!
//! ```text
//!  begin ─► attempt ─► ok ──────────────────────────────► done
//!              ▲         └► failed ─► after() ─► None ───► the failure as it is
//!              └── wait, n + 1 ◄──────── Some(wait)
//! ```
//!
//! By hand, before any endpoint whose request can be cloned:
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
//! use kit::policy::retry::{Retry, RetryConfig};
//!
//! static CALLS: AtomicU32 = AtomicU32::new(0);
//! let flaky = EndpointFn::new(|_: Context, (): ()| async {
//!     match CALLS.fetch_add(1, Ordering::Relaxed) {
//!         0 => Err(Status::unavailable("starting up")),
//!         call => Ok(call),
//!     }
//! });
//! let config = RetryConfig::new().backoff(Duration::from_millis(1), Duration::from_millis(5));
//! let endpoint = kit::Chain::new(Retry::new(config), flaky);
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let outcome = Endpoint::<Flip>::call(&endpoint, &Context::new(), ()).await;
//! assert_eq!(outcome.ok(), Some(1));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The core alone decides, and waits for nothing:
//!
//! ```
//! use std::time::{Duration, Instant};
//! use kit::Code;
//! use kit::policy::retry::{Failed, Retry, RetryConfig};
//!
//! let retry = Retry::new(RetryConfig::new());
//! let now = Instant::now();
//! let mut attempts = retry.begin(now);
//!
//! let wait = attempts.after(Failed::new(Code::Unavailable), now, None, 0);
//! assert!(wait.is_some_and(|wait| wait <= Duration::from_millis(20)));
//! assert_eq!(attempts.after(Failed::new(Code::NotFound), now, None, 0), None);
//! ```

mod attempts;
mod backoff;
mod budget;
mod counts;
#[cfg(all(test, kit_loom))]
mod loom_tests;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::model::code::Code;
use crate::model::policies::InvalidPolicy;
use crate::policy::support::Clock;
use crate::policy::support::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub use self::attempts::{Attempts, Failed, GaveUp};
pub use self::budget::RetryBudget;
pub use self::counts::RetrySnapshot;
pub(crate) use self::{budget::fraction, counts::RetryCounts};
pub use crate::model::policies::retry::RetryConfig;

/// No limit, where nanoseconds are held.
const NONE: u64 = u64::MAX;

/// Tries a failed call again; see the [module](self).
///
/// It is made once for each method and shared by its calls; its budget may be
/// shared by more ([`Retry::with_budget`]).
#[derive(Debug)]
pub struct Retry {
    name: &'static str,
    clock: Clock,
    budget: Arc<RetryBudget>,
    /// Read after a failure. What every call asks for is beside it.
    config: RwLock<RetryConfig>,
    most_attempts: AtomicU32,
    earned: AtomicU32,
    attempt_timeout: AtomicU64,
    counts: Arc<RetryCounts>,
}

impl Retry {
    /// A policy with a budget of its own, on tokio's clock.
    ///
    /// # Panics
    /// [`RetryConfig::check`] fails.
    pub fn new(config: RetryConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// The same on another clock.
    ///
    /// # Panics
    /// As [`Retry::new`].
    pub fn with_clock(config: RetryConfig, clock: Clock) -> Self {
        let config = config.checked();
        let budget = RetryBudget::starting(clock.now(), RetryBudget::RESERVE);
        Self {
            name: "",
            clock,
            budget: Arc::new(budget),
            config: RwLock::new(config),
            most_attempts: AtomicU32::new(config.attempts),
            earned: AtomicU32::new(fraction(config.budget)),
            attempt_timeout: AtomicU64::new(nanoseconds(config.attempt_timeout)),
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
    pub(crate) fn counted(mut self, counts: Arc<RetryCounts>) -> Self {
        self.counts = counts;
        self
    }

    /// The same, paying from a budget that others pay from too: all methods
    /// of one peer, as a rule.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<RetryBudget>) -> Self {
        self.budget = budget;
        self
    }

    /// Begins a call, which pays its share into the budget.
    #[inline]
    pub fn begin(&self, now: Instant) -> Attempts<'_> {
        let earned = self.earned.load(Ordering::Relaxed);
        self.budget.earn_fraction(earned, now);
        Attempts::new(self, self.most_attempts.load(Ordering::Relaxed))
    }

    /// Changes the values; budget and counts stay. The number of attempts is
    /// that of when a call began.
    ///
    /// # Errors
    /// [`RetryConfig::check`] fails, and nothing changes.
    pub fn configure(&self, config: RetryConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        let timeout = nanoseconds(config.attempt_timeout);
        self.most_attempts.store(config.attempts, Ordering::Relaxed);
        self.earned
            .store(fraction(config.budget), Ordering::Relaxed);
        self.attempt_timeout.store(timeout, Ordering::Relaxed);
        Ok(())
    }

    /// The values as they are now.
    pub fn config(&self) -> RetryConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What retries are paid from.
    pub fn budget(&self) -> &Arc<RetryBudget> {
        &self.budget
    }

    /// How many attempts were made again.
    pub fn retries(&self) -> u64 {
        self.counts.retries()
    }

    /// How many calls failed for good for this reason, although their failure
    /// was one to be tried again.
    pub fn gave_up(&self, reason: GaveUp) -> u64 {
        self.counts.gave_up(reason)
    }

    #[inline]
    fn attempt_timeout(&self) -> Option<Duration> {
        match self.attempt_timeout.load(Ordering::Relaxed) {
            NONE => None,
            timeout => Some(Duration::from_nanos(timeout)),
        }
    }

    fn note_retry(&self, attempt: u32, wait: Duration, code: Code) {
        self.counts.note_retry();
        tracing::debug!(
            target: "kit::policy",
            policy = "retry",
            name = self.name,
            attempt,
            code = code.name(),
            wait_ms = wait.as_secs_f64() * 1000.0,
            "trying again",
        );
    }

    fn note_end(&self, attempt: u32, reason: GaveUp, code: Code) {
        self.counts.note_end(reason);
        tracing::debug!(
            target: "kit::policy",
            policy = "retry",
            name = self.name,
            attempt,
            code = code.name(),
            reason = reason.name(),
            "not trying again",
        );
    }
}

fn nanoseconds(time: Option<Duration>) -> u64 {
    time.map_or(NONE, |time| u64::try_from(time.as_nanos()).unwrap_or(NONE))
}
