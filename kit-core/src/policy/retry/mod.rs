//! Retries failed calls.
//!
//! A retry hides a transient failure, and makes a lasting one worse. So it has
//! five limits:
//!
//! - *Which failures*: those with a declared code, by default `unavailable`. A
//!   domain error is a response. A refusal by a breaker or limiter of this
//!   process is not a failure of the peer, and is never retried.
//! - *How often*: [`attempts`](RetryConfig::attempts) for each call, and a
//!   [`RetryBudget`] for all calls together: while a peer is down, its load
//!   grows by a fifth and not threefold.
//! - *When*: after a random wait that grows (full jitter), later if the peer
//!   requests it (`Retry-After`, `google.rpc.RetryInfo`,
//!   `grpc-retry-pushback-ms`), and not at all if it requests that.
//! - *Until when*: not if the attempt would start after the deadline.
//! - *On which tier*: three attempts on each of three tiers are 27. A retry is
//!   marked as such (`grpc-previous-rpc-attempts`, over HTTP too), and calls
//!   made on behalf of a retry are tried once (*chain stop*, as in Kitex): the
//!   total grows with the number of tiers, not exponentially.
//!
//! The request is cloned for every attempt except the last. A retry does not
//! remember earlier failures: that is the task of a breaker, further in.
//!
//! ```text
//!  begin ─► attempt ─► ok ──────────────────────────────► done
//!              ▲         └► failed ─► after() ─► None ───► the failure as it is
//!              └── wait, n + 1 ◄──────── Some(wait)
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
//! The core on its own decides, and does not wait:
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

/// The value of `attempt_timeout` without a limit.
const NONE: u64 = u64::MAX;

/// A policy that retries failed calls; see the [module](self).
///
/// There is one for each method, shared by its calls. Its budget may be shared
/// by several ([`Retry::with_budget`]).
#[derive(Debug)]
pub struct Retry {
    name: &'static str,
    clock: Clock,
    budget: Arc<RetryBudget>,
    /// Read after a failure. The values that every call reads follow it.
    config: RwLock<RetryConfig>,
    most_attempts: AtomicU32,
    earned: AtomicU32,
    attempt_timeout: AtomicU64,
    counts: Arc<RetryCounts>,
}

impl Retry {
    /// Creates a policy with a budget of its own and tokio's clock.
    ///
    /// # Panics
    /// [`RetryConfig::check`] fails.
    pub fn new(config: RetryConfig) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// Creates a policy that reads the given clock.
    ///
    /// # Panics
    /// [`RetryConfig::check`] fails.
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

    /// Sets the name that events carry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the counters, which other policies may share.
    #[must_use]
    pub(crate) fn counted(mut self, counts: Arc<RetryCounts>) -> Self {
        self.counts = counts;
        self
    }

    /// Sets the budget, which other policies may share: usually all methods
    /// of one peer.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<RetryBudget>) -> Self {
        self.budget = budget;
        self
    }

    /// Begins a call, which earns its fraction of the budget.
    #[inline]
    pub fn begin(&self, now: Instant) -> Attempts<'_> {
        let earned = self.earned.load(Ordering::Relaxed);
        self.budget.earn_fraction(earned, now);
        Attempts::new(self, self.most_attempts.load(Ordering::Relaxed))
    }

    /// Replaces the configuration; budget and counts are kept. A call keeps
    /// the number of attempts from when it began.
    ///
    /// # Errors
    /// [`RetryConfig::check`] fails; nothing has changed.
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

    /// Returns the current configuration.
    pub fn config(&self) -> RetryConfig {
        *self.config.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the budget of the retries.
    pub fn budget(&self) -> &Arc<RetryBudget> {
        &self.budget
    }

    /// Returns the number of retries.
    pub fn retries(&self) -> u64 {
        self.counts.retries()
    }

    /// Returns the number of calls that failed for this reason, although their
    /// failure could have been retried.
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

    fn record_retry(&self, attempt: u32, wait: Duration, code: Code) {
        self.counts.record_retry();
        tracing::debug!(
            target: "kit::policy",
            policy = "retry",
            name = self.name,
            attempt,
            code = code.name(),
            wait_ms = wait.as_secs_f64() * 1000.0,
            "retrying",
        );
    }

    fn record_give_up(&self, attempt: u32, reason: GaveUp, code: Code) {
        self.counts.record_give_up(reason);
        tracing::debug!(
            target: "kit::policy",
            policy = "retry",
            name = self.name,
            attempt,
            code = code.name(),
            reason = reason.name(),
            "not retrying",
        );
    }
}

fn nanoseconds(time: Option<Duration>) -> u64 {
    time.map_or(NONE, |time| u64::try_from(time.as_nanos()).unwrap_or(NONE))
}
