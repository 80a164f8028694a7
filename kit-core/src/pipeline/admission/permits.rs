//! The permits that an admitted call holds.

use tokio::time::Instant;

use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::policy::{breaker, concurrency, shed, throttle};

/// The permits of one call, one per policy. Dropping them without recording an
/// outcome means that the call ended at its deadline, which counts as a failure of
/// the peer, or was cancelled by its caller, which does not.
///
/// The deadline is checked on drop because a call is dropped at its deadline:
/// otherwise a breaker would never learn of a peer that hangs.
#[must_use = "dropping the permits without a record cancels the call"]
#[derive(Debug)]
pub(crate) struct Permits<'a> {
    pub(crate) deadline: Option<Instant>,
    pub(crate) shed: Option<shed::Permit<'a>>,
    pub(crate) concurrency: Option<concurrency::Permit<'a>>,
    pub(crate) throttle: Option<throttle::Permit<'a>>,
    pub(crate) breaker: Option<breaker::Permit<'a>>,
    /// Whether any policy records the outcome.
    recording: bool,
}

impl Permits<'_> {
    /// No permits, for a call that no policy has seen.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            deadline: None,
            shed: None,
            concurrency: None,
            throttle: None,
            breaker: None,
            recording: false,
        }
    }

    /// Marks the call as admitted by all policies. From here on the peer is
    /// responsible for its outcome; a call that ends before was never sent.
    #[inline]
    pub(crate) fn start_recording(&mut self) {
        self.recording = self.breaker.is_some()
            || self.throttle.is_some()
            || self.shed.is_some()
            || self
                .concurrency
                .as_ref()
                .is_some_and(concurrency::Permit::measures);
    }

    #[inline]
    pub(crate) const fn is_recording(&self) -> bool {
        self.recording
    }

    /// Records the outcome of the call in every policy.
    pub(crate) fn record(&mut self, completion: Completion, now: std::time::Instant) {
        self.recording = false;
        if let Some(permit) = self.breaker.take() {
            permit.record_end(completion, now);
        }
        if let Some(permit) = self.throttle.take() {
            permit.record_end(completion, now);
        }
        if let Some(permit) = self.concurrency.take() {
            permit.record_end(completion, now);
        }
        if let Some(permit) = self.shed.take() {
            permit.record_end(completion, now);
        }
    }
}

impl Drop for Permits<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.recording || self.deadline.is_none() {
            return;
        }
        let now = Instant::now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.record(Completion::by(Code::DeadlineExceeded), now.into_std());
        }
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic fails the test")]

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

    /// Completes a call under a new shedder on a busy machine. Returns whether
    /// the shedder counted the call, and so refuses later ones.
    fn is_counted(end: impl FnOnce(&ManualClock, &Shedder)) -> bool {
        let clock = ManualClock::new();
        let shedder = Shedder::with_clock(ShedConfig::new(), clock.clock());
        let shedder = shedder.metered(CpuMeter::of(|| Some(1.0)));
        end(&clock, &shedder);
        assert_eq!(shedder.in_flight(), 0, "the permit is released");
        clock.advance(SECOND);
        let admitted: Vec<_> = (0..10).map(|_| shedder.admit(clock.now())).collect();
        admitted.iter().any(Result::is_err)
    }

    fn is_counted_when_declared(completion: Completion) -> bool {
        is_counted(|clock, shedder| {
            let mut permits = Permits::new();
            permits.shed = Some(shedder.admit(clock.now()).unwrap());
            permits.record(completion, clock.now());
        })
    }

    fn is_counted_by_hand(outcome: Result<(), Status>) -> bool {
        is_counted(|_, shedder| {
            let future = pin!(shedder.run(async { outcome }));
            // The future never pends.
            assert!(
                future
                    .poll(&mut TaskContext::from_waker(Waker::noop()))
                    .is_ready()
            );
        })
    }

    #[test]
    fn a_shedder_counts_the_same_outcomes_by_hand_and_declared() {
        for code in Code::ALL {
            let outcome = match code {
                Code::Ok => Ok(()),
                _ => Err(Status::new(code, "failed")),
            };
            let counted = !matches!(
                code,
                Code::Cancelled
                    | Code::Unknown
                    | Code::DeadlineExceeded
                    | Code::ResourceExhausted
                    | Code::Internal
                    | Code::Unavailable
                    | Code::DataLoss
            );
            assert_eq!(
                is_counted_when_declared(Completion::with(&outcome)),
                counted,
                "{code:?}"
            );
            assert_eq!(is_counted_by_hand(outcome), counted, "{code:?}");
        }
        // A refusal does not count, even with a code that would.
        let refusal = Refusal::new(PolicyKind::RateLimit, RefusalReason::RateExceeded);
        let mut completion = Completion::with(&Err::<(), _>(Status::from(refusal)));
        completion.code = Code::NotFound;
        assert!(!is_counted_when_declared(completion));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shedder_does_not_count_a_call_dropped_at_its_deadline() {
        let counted = is_counted(|clock, shedder| {
            let mut permits = Permits::new();
            permits.deadline = Some(Instant::now());
            permits.shed = Some(shedder.admit(clock.now()).unwrap());
            permits.start_recording();
        });
        assert!(!counted);
    }
}
