//! A turn that was promised to a call.
//!
//! A limiter that lets calls wait must know whether they still do: a caller
//! that goes away would else leave a gap that nobody may use. So the promise
//! is a value, and dropping it gives the turn back.

use std::time::Duration;

use super::gcra::Taken;
use super::limiter::RateLimiter;
use crate::policy::support::sync::atomic::AtomicU64;
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

/// A call that waits for its turn, as long as this lives.
#[derive(Debug)]
pub(super) struct Queued<'a>(&'a AtomicU64);

impl<'a> Queued<'a> {
    pub(super) fn new(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Relaxed);
        Self(count)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// What a call took, and from which buckets.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) everyone: Option<Taken>,
    /// With the hash of the key.
    pub(super) key: Option<(u64, Taken)>,
}

impl Turn {
    #[inline]
    fn wait(&self) -> u64 {
        let everyone = self.everyone.map_or(0, |taken| taken.wait);
        let key = self.key.map_or(0, |(_, taken)| taken.wait);
        everyone.max(key)
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
