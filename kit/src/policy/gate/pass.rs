//! Leave for one call, from every policy of a gate.

use tokio::time::Instant;

use crate::code::Code;
use crate::policy::ended::Ended;
use crate::policy::{breaker, concurrency, shed, throttle};

/// Leave for one call. Dropped without a record it was given up: by its
/// deadline, which is the peer's failure, or by its caller, which is nobody's.
///
/// The deadline is looked at here because what ends a call at its deadline
/// drops it: a breaker that is told nothing then never sees a peer that hangs.
#[must_use = "a pass that is dropped is a call that was given up"]
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    pub(super) deadline: Option<Instant>,
    pub(super) shed: Option<shed::Permit<'a>>,
    pub(super) concurrency: Option<concurrency::Permit<'a>>,
    pub(super) throttle: Option<throttle::Permit<'a>>,
    pub(super) breaker: Option<breaker::Permit<'a>>,
    /// Whether any policy looks at the call.
    pub(super) watched: bool,
}

impl Pass<'_> {
    /// The pass of a call that no policy has looked at so far.
    pub(super) const fn new(deadline: Option<Instant>, watched: bool) -> Self {
        Self {
            deadline,
            shed: None,
            concurrency: None,
            throttle: None,
            breaker: None,
            watched,
        }
    }

    /// Tells every policy how the call ended.
    #[inline]
    pub(super) fn record(&mut self, ended: Ended) {
        if self.watched {
            self.tell(ended, Instant::now().into_std());
        }
    }

    fn tell(&mut self, ended: Ended, now: std::time::Instant) {
        self.watched = false;
        if let Some(permit) = self.breaker.take() {
            permit.record_end(ended, now);
        }
        if let Some(permit) = self.throttle.take() {
            permit.record_end(ended, now);
        }
        if let Some(permit) = self.concurrency.take() {
            permit.record_end(ended, now);
        }
        if let Some(permit) = self.shed.take()
            && !ended.refused_here
        {
            permit.record(now);
        }
    }
}

impl Drop for Pass<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.watched || self.deadline.is_none() {
            return;
        }
        let now = Instant::now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.tell(Ended::by(Code::DeadlineExceeded), now.into_std());
        }
    }
}
