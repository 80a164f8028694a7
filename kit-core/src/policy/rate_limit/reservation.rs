//! A turn that was promised to a call.
//!
//! A limiter that lets calls wait must know whether they still do: a caller
//! that goes away would else leave a gap that nobody may use. So the promise
//! is a value, and dropping it gives the turn back.

use std::time::{Duration, Instant};

use super::gcra::nanoseconds;
use super::limiter::RateLimiter;
use super::turn::{Queued, Turn};
use crate::model::status::refusal::Refusal;
use crate::policy::support::sync::atomic::Ordering::Relaxed;

/// A call's turn, now or soon.
///
/// Await [`Reservation::ready`]; or sleep for [`Reservation::wait`] by other
/// means, then [`Reservation::start`]. Dropped before, the turn is given back,
/// unless others were given the turns after it.
#[derive(Debug)]
#[must_use = "dropping a reservation gives the turn back"]
pub struct Reservation<'a> {
    limiter: &'a RateLimiter,
    wait: Duration,
    turn: Option<Turn>,
    _queued: Option<Queued<'a>>,
}

impl RateLimiter {
    /// Promises a call its turn, if that is at most `longest` from now.
    ///
    /// # Errors
    /// The refusal, at once, where the wait would be longer.
    pub fn reserve(&self, now: Instant, longest: Duration) -> Result<Reservation<'_>, Refusal> {
        self.reserve_key(b"", now, longest)
    }

    /// Promises a call of this key its turn, if that is at most `longest` from
    /// now.
    ///
    /// # Errors
    /// The refusal, at once, where the wait would be longer.
    pub fn reserve_key(
        &self,
        key: &[u8],
        now: Instant,
        longest: Duration,
    ) -> Result<Reservation<'_>, Refusal> {
        let turn = self.take(key, now, nanoseconds(longest))?;
        Ok(Reservation::new(self, turn))
    }

    /// Promises a call of this key its turn, as late as the configuration
    /// allows and no later than `deadline`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimiter};
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let config = RateLimitConfig::new(Rate::new(100, Duration::from_secs(1)))
    ///     .wait(Duration::from_millis(50));
    /// let limiter = RateLimiter::new(config);
    /// limiter.turn(b"", None)?.ready().await;
    /// # Ok::<(), kit::policy::Refusal>(())
    /// # }).expect("the first call passes at once");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The refusal, at once, where the turn would come too late.
    #[inline]
    pub fn turn(
        &self,
        key: &[u8],
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Reservation<'_>, Refusal> {
        self.turn_at(key, deadline, self.clock.now())
    }

    /// The same at a time that is known.
    #[inline]
    pub(crate) fn turn_at(
        &self,
        key: &[u8],
        deadline: Option<tokio::time::Instant>,
        now: Instant,
    ) -> Result<Reservation<'_>, Refusal> {
        let longest = match (self.wait.load(Relaxed), deadline) {
            (0, _) => 0,
            (wait, None) => wait,
            (wait, Some(end)) => wait.min(self.start.nanos_between(now, end.into_std())),
        };
        let turn = self.take(key, now, longest)?;
        Ok(Reservation::new(self, turn))
    }
}

impl<'a> Reservation<'a> {
    #[inline]
    pub(super) fn new(limiter: &'a RateLimiter, turn: Turn) -> Self {
        let wait = Duration::from_nanos(turn.wait());
        Self {
            limiter,
            wait,
            turn: Some(turn),
            _queued: limiter.queue(wait),
        }
    }

    /// How long until the call may start.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Sleeps until the turn, and uses it. Dropped while it sleeps, it gives
    /// the turn back.
    pub async fn ready(self) {
        if !self.wait.is_zero() {
            tokio::time::sleep(self.wait).await;
        }
        self.start();
    }

    /// The call starts, and its turn is used.
    pub fn start(mut self) {
        self.turn = None;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.turn.take() {
            self.limiter.give_back(&turn);
        }
    }
}
