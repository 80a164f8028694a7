//! A reserved turn of a call.
//!
//! A limiter that queues calls must know whether they still wait: a cancelled
//! call would otherwise leave a gap that no other call may use. So the
//! reservation is a value, and dropping it returns the turn.

use std::time::{Duration, Instant};

use super::gcra::nanoseconds;
use super::limiter::RateLimiter;
use super::turn::{Queued, Turn};
use crate::model::status::refusal::Refusal;
use crate::policy::support::sync::atomic::Ordering::Relaxed;

/// A reserved turn of a call, now or later.
///
/// Await [`Reservation::ready`]; or sleep for [`Reservation::wait`] by other
/// means, then call [`Reservation::start`]. If it is dropped before that, the
/// turn is returned, unless other calls have reserved later turns.
#[derive(Debug)]
#[must_use = "dropping a reservation gives the turn back"]
pub struct Reservation<'a> {
    limiter: &'a RateLimiter,
    wait: Duration,
    turn: Option<Turn>,
    _queued: Option<Queued<'a>>,
}

impl RateLimiter {
    /// Reserves the turn of a call, if that is at most `longest` from now.
    ///
    /// # Errors
    /// The refusal, at once, if the wait would be longer.
    pub fn reserve(&self, now: Instant, longest: Duration) -> Result<Reservation<'_>, Refusal> {
        self.reserve_key(b"", now, longest)
    }

    /// Reserves the turn of a call with this key, if that is at most `longest`
    /// from now.
    ///
    /// # Errors
    /// The refusal, at once, if the wait would be longer.
    pub fn reserve_key(
        &self,
        key: &[u8],
        now: Instant,
        longest: Duration,
    ) -> Result<Reservation<'_>, Refusal> {
        let turn = self.take(key, now, nanoseconds(longest))?;
        Ok(Reservation::new(self, turn))
    }

    /// Reserves the turn of a call with this key, within the wait of the
    /// configuration and before `deadline`.
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
    /// The refusal, at once, if the turn would come too late.
    #[inline]
    pub fn turn(
        &self,
        key: &[u8],
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Reservation<'_>, Refusal> {
        self.turn_at(key, deadline, self.clock.now())
    }

    /// Reserves the turn of a call that arrived at the given time.
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

    /// Returns the time until the call may start.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Sleeps until the turn, and uses it. If dropped while it sleeps, it
    /// returns the turn.
    pub async fn ready(self) {
        if !self.wait.is_zero() {
            tokio::time::sleep(self.wait).await;
        }
        self.start();
    }

    /// Uses the turn: the call starts.
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
