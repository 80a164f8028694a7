//! Leave for one call, from every policy of a gate.

use tokio::time::Instant;

use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::policy::{breaker, concurrency, shed, throttle};

/// Leave for one call. Dropped without a record it was given up: by its
/// deadline, which is the peer's failure, or by its caller, which is nobody's.
///
/// The deadline is looked at here because what ends a call at its deadline
/// drops it: a breaker that is told nothing then never sees a peer that hangs.
#[must_use = "a pass that is dropped is a call that was given up"]
#[derive(Debug)]
pub(crate) struct Permits<'a> {
    pub(crate) deadline: Option<Instant>,
    pub(crate) shed: Option<shed::Permit<'a>>,
    pub(crate) concurrency: Option<concurrency::Permit<'a>>,
    pub(crate) throttle: Option<throttle::Permit<'a>>,
    pub(crate) breaker: Option<breaker::Permit<'a>>,
    /// Whether any policy is to be told how the call ended.
    watched: bool,
}

impl Permits<'_> {
    /// The pass of a call that no policy has looked at so far.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            deadline: None,
            shed: None,
            concurrency: None,
            throttle: None,
            breaker: None,
            watched: false,
        }
    }

    /// All policies have let the call in: from here on its end is the peer's
    /// doing. What ends before was never sent.
    #[inline]
    pub(crate) fn watch(&mut self) {
        self.watched = self.breaker.is_some()
            || self.throttle.is_some()
            || self.shed.is_some()
            || self
                .concurrency
                .as_ref()
                .is_some_and(concurrency::Permit::measures);
    }

    #[inline]
    pub(crate) const fn is_watched(&self) -> bool {
        self.watched
    }

    /// Tells every policy how the call ended.
    pub(crate) fn tell(&mut self, ended: Completion, now: std::time::Instant) {
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
        if let Some(permit) = self.shed.take() {
            permit.record_end(ended, now);
        }
    }
}

impl Drop for Permits<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.watched || self.deadline.is_none() {
            return;
        }
        let now = Instant::now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.tell(Completion::by(Code::DeadlineExceeded), now.into_std());
        }
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]

    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context as TaskContext, Waker};
    use std::time::Duration;

    use super::*;
    use crate::model::policies::shed::ShedConfig;
    use crate::model::status::Status;
    use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
    use crate::policy::shed::{CpuMeter, Shedder};
    use crate::policy::support::ManualClock;

    const SECOND: Duration = Duration::from_secs(1);

    /// A call ends under a shedder of a busy machine that knows nothing yet;
    /// returns whether it knows something then, and so refuses.
    fn counts(end: impl FnOnce(&ManualClock, &Shedder)) -> bool {
        let clock = ManualClock::new();
        let shedder = Shedder::with_clock(ShedConfig::new(), clock.clock());
        let shedder = shedder.metered(CpuMeter::of(|| Some(1.0)));
        end(&clock, &shedder);
        assert_eq!(shedder.in_flight(), 0, "the call ended");
        clock.advance(SECOND);
        let permits: Vec<_> = (0..10).map(|_| shedder.admit(clock.now())).collect();
        permits.iter().any(Result::is_err)
    }

    fn declared(ended: Completion) -> bool {
        counts(|clock, shedder| {
            let mut pass = Permits::new();
            pass.shed = Some(shedder.admit(clock.now()).unwrap());
            pass.tell(ended, clock.now());
        })
    }

    fn by_hand(outcome: Result<(), Status>) -> bool {
        counts(|_, shedder| {
            let ran = pin!(shedder.run(async { outcome }));
            // Nothing in it waits.
            assert!(
                ran.poll(&mut TaskContext::from_waker(Waker::noop()))
                    .is_ready()
            );
        })
    }

    #[test]
    fn a_shedder_counts_the_same_calls_as_done_by_hand_and_declared() {
        for code in Code::ALL {
            let outcome = match code {
                Code::Ok => Ok(()),
                _ => Err(Status::new(code, "as it ended")),
            };
            let done = !matches!(
                code,
                Code::Cancelled
                    | Code::Unknown
                    | Code::DeadlineExceeded
                    | Code::ResourceExhausted
                    | Code::Internal
                    | Code::Unavailable
                    | Code::DataLoss
            );
            assert_eq!(declared(Completion::with(&outcome)), done, "{code:?}");
            assert_eq!(by_hand(outcome), done, "{code:?}");
        }
        // Of a code that would count, had it come from the method.
        let refusal = Refusal::new(PolicyKind::RateLimit, RefusalReason::RateExceeded);
        let mut ended = Completion::with(&Err::<(), _>(Status::from(refusal)));
        ended.code = Code::NotFound;
        assert!(!declared(ended));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_was_cut_at_its_deadline_was_not_done() {
        let cut = counts(|clock, shedder| {
            let mut pass = Permits::new();
            pass.deadline = Some(Instant::now());
            pass.shed = Some(shedder.admit(clock.now()).unwrap());
            pass.watch();
        });
        assert!(!cut);
    }
}
