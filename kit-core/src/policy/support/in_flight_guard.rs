//! Leave for a call while the call is under way, of policies that stand around
//! a call by hand.
//!
//! What ends a call at its deadline drops its future, and a caller who no
//! longer wants the answer drops it too. The one is a peer that hangs, which a
//! breaker must see; the other says nothing of the peer. So the drop looks at
//! the deadline.

use super::Clock;
use crate::model::code::Code;
use crate::model::completion::Completion;

/// Leave for a call, which can be told how the call ended.
pub(crate) trait CompletionPermit {
    fn end(self, ended: Completion, clock: &Clock);
}

/// Leave for a call that is under way.
pub(crate) struct InFlightGuard<'a, L: CompletionPermit> {
    leave: Option<L>,
    deadline: Option<tokio::time::Instant>,
    clock: &'a Clock,
}

impl<'a, L: CompletionPermit> InFlightGuard<'a, L> {
    pub(crate) fn new(leave: L, deadline: Option<tokio::time::Instant>, clock: &'a Clock) -> Self {
        Self {
            leave: Some(leave),
            deadline,
            clock,
        }
    }

    /// The call ended.
    pub(crate) fn end(mut self, ended: Completion) {
        if let Some(leave) = self.leave.take() {
            leave.end(ended, self.clock);
        }
    }
}

impl<L: CompletionPermit> Drop for InFlightGuard<'_, L> {
    fn drop(&mut self) {
        let Some(leave) = self.leave.take() else {
            return;
        };
        // Without this it is dropped as it is: a call that was given up.
        if self
            .deadline
            .is_some_and(|deadline| deadline <= tokio::time::Instant::now())
        {
            leave.end(Completion::by(Code::DeadlineExceeded), self.clock);
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

    /// Calls a peer that hangs, with a deadline a second away, and gives up
    /// after that long.
    async fn call_for(time: Duration, policy: &impl Middleware<Echo>) {
        let hangs = EndpointFn::new(|_: Context, ()| pending::<Result<(), Status>>());
        let cx = Context::new().with_timeout(SECOND);
        let given_up = timeout(time, policy.call(&cx, (), &hangs)).await;
        assert!(given_up.is_err(), "it was refused: {given_up:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_breaker_counts_a_call_that_was_dropped_at_its_deadline() {
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
    async fn a_probe_that_hangs_until_its_deadline_has_failed() {
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
    async fn a_throttle_counts_a_call_that_was_dropped_at_its_deadline() {
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
    async fn an_adaptive_limit_sinks_by_a_call_that_was_dropped_at_its_deadline() {
        let config = ConcurrencyConfig::adaptive().algorithm(AdaptiveLimit::Aimd);
        let limiter = ConcurrencyLimiter::new(config.min(1).max(10));
        call_for(SECOND / 2, &limiter).await;
        assert_eq!((limiter.limit(), limiter.in_flight()), (10, 0));
        call_for(SECOND, &limiter).await;
        assert_eq!((limiter.limit(), limiter.in_flight()), (9, 0));
    }
}
