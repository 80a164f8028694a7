//! A guard for a call in flight, for policies that a program applies by hand.
//!
//! A deadline drops the future of the call, and so does a caller that no
//! longer wants the response. The first points to a peer that hangs, which a
//! breaker must count; the second is no evidence about the peer. The guard
//! tells them apart by comparing the time of the drop with the deadline.

use super::Clock;
use crate::model::code::Code;
use crate::model::completion::Completion;

/// A permit that records how its call completed.
pub(crate) trait CompletionPermit {
    fn end(self, completion: Completion, clock: &Clock);
}

/// A permit whose call is in flight.
pub(crate) struct InFlightGuard<'a, P: CompletionPermit> {
    permit: Option<P>,
    deadline: Option<tokio::time::Instant>,
    clock: &'a Clock,
}

impl<'a, P: CompletionPermit> InFlightGuard<'a, P> {
    pub(crate) fn new(permit: P, deadline: Option<tokio::time::Instant>, clock: &'a Clock) -> Self {
        Self {
            permit: Some(permit),
            deadline,
            clock,
        }
    }

    /// Records that the call completed.
    pub(crate) fn end(mut self, completion: Completion) {
        if let Some(permit) = self.permit.take() {
            permit.end(completion, self.clock);
        }
    }
}

impl<P: CompletionPermit> Drop for InFlightGuard<'_, P> {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else {
            return;
        };
        // Before the deadline the permit is dropped unused: the call was cancelled.
        if self
            .deadline
            .is_some_and(|deadline| deadline <= tokio::time::Instant::now())
        {
            permit.end(Completion::by(Code::DeadlineExceeded), self.clock);
        }
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::future::pending;
    use std::time::{Duration, Instant};

    use tokio::time::timeout;

    use crate::model::context::Context;
    use crate::model::descriptor::MethodMeta;
    use crate::model::endpoint::{EndpointFn, Middleware};
    use crate::model::method::Method;
    use crate::model::policies::breaker::BreakerConfig;
    use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};
    use crate::model::policies::throttle::ThrottleConfig;
    use crate::model::status::Status;
    use crate::policy::breaker::{Breaker, BreakerState};
    use crate::policy::concurrency::ConcurrencyLimiter;
    use crate::policy::throttle::Throttle;

    struct Echo;

    impl Method for Echo {
        type Request = ();
        type Response = ();
        type Error = Status;
        const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn now() -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// Calls a peer that hangs, with a deadline of one second, and drops the
    /// call after `time`.
    async fn call_for(time: Duration, policy: &impl Middleware<Echo>) {
        let hangs = EndpointFn::new(|_: Context, ()| pending::<Result<(), Status>>());
        let cx = Context::new().with_timeout(SECOND);
        let given_up = timeout(time, policy.call(&cx, (), &hangs)).await;
        assert!(given_up.is_err(), "the call completed: {given_up:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn breaker_counts_a_call_dropped_at_its_deadline() {
        let breaker = Breaker::new(BreakerConfig::new());
        let failures = || breaker.snapshot(now()).failures;
        call_for(SECOND / 2, &breaker).await;
        assert_eq!(failures(), 0);
        call_for(SECOND, &breaker).await;
        assert_eq!(failures(), 1);
        call_for(2 * SECOND, &breaker).await;
        assert_eq!(failures(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn probe_dropped_at_its_deadline_fails() {
        let config = BreakerConfig::consecutive(1).open(SECOND).probes(1);
        let breaker = Breaker::new(config);
        call_for(SECOND, &breaker).await;
        let state = || breaker.state(now());
        assert_eq!(state(), BreakerState::Open);

        tokio::time::advance(SECOND).await;
        call_for(SECOND / 2, &breaker).await;
        assert_eq!(state(), BreakerState::HalfOpen);
        call_for(SECOND, &breaker).await;
        assert_eq!(state(), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn throttle_counts_a_call_dropped_at_its_deadline() {
        let throttle = Throttle::new(ThrottleConfig::new());
        let counted = || {
            let snapshot = throttle.snapshot(now());
            (snapshot.requests, snapshot.accepts)
        };
        call_for(SECOND / 2, &throttle).await;
        assert_eq!(counted(), (0, 0));
        call_for(SECOND, &throttle).await;
        assert_eq!(counted(), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn adaptive_limit_decreases_after_a_call_dropped_at_its_deadline() {
        let config = ConcurrencyConfig::adaptive().algorithm(AdaptiveLimit::Aimd);
        let limiter = ConcurrencyLimiter::new(config.min(1).max(10));
        call_for(SECOND / 2, &limiter).await;
        assert_eq!((limiter.limit(), limiter.in_flight()), (10, 0));
        call_for(SECOND, &limiter).await;
        assert_eq!((limiter.limit(), limiter.in_flight()), (9, 0));
    }
}
