//! Runs the policies of a chain in order.
//!
//! Nearly every call is admitted or refused without waiting, so that path is a
//! synchronous function. Two policies may queue a call, and a shared rate limit
//! has to query its store. Only then do the remaining steps become a future, so
//! that other calls don't pay for one.

use std::slice::Iter;

use tokio::time::Instant;

use super::Admission;
use super::permits::Permits;
use crate::model::attempt::Stage;
use crate::model::context::Context;
use crate::model::side::Side;
use crate::model::status::refusal::Refusal;
use crate::policy::concurrency::{Place, Queued};
use crate::policy::rate_limit::{RateLimiter, Reservation};

/// A policy of a chain.
#[derive(Clone, Copy, Debug)]
enum Step {
    Shed,
    Concurrency,
    RateLimit,
    Throttle,
    Breaker,
}

/// The steps of a stage, outermost first.
const fn steps_of(side: Side, stage: Stage) -> &'static [Step] {
    use Step::{Breaker, Concurrency, RateLimit, Shed, Throttle};
    match (side, stage) {
        (Side::Server, _) => &[Shed, Concurrency, RateLimit, Throttle, Breaker],
        (Side::Client, Stage::Call) => &[Shed, Throttle, Breaker, RateLimit, Concurrency],
        (Side::Client, Stage::Plan) => &[],
        (Side::Client, Stage::Sending) => &[Shed, Throttle],
        (Side::Client, Stage::Attempt) => &[Breaker, RateLimit, Concurrency],
    }
}

/// An admission that waits for a policy, with the steps that remain after it.
#[derive(Debug)]
pub(crate) struct PendingAdmission<'a> {
    wait_for: WaitFor<'a>,
    remaining: Iter<'static, Step>,
}

/// The policy that a call waits for.
#[derive(Debug)]
pub(crate) enum WaitFor<'a> {
    /// A local rate limit, which has reserved a time for the call.
    RateLimit(Reservation<'a>),
    /// The store of a shared rate limit.
    SharedLimit {
        limiter: &'a RateLimiter,
        key: Vec<u8>,
    },
    /// The queue of a concurrency limit.
    Concurrency(Queued<'a>),
}

impl Admission {
    /// Runs the steps of a stage until one has to wait.
    pub(super) fn begin_steps<'a>(
        &'a self,
        stage: Stage,
        cx: &Context,
        permits: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<PendingAdmission<'a>>, Refusal> {
        self.run_steps(steps_of(self.side, stage).iter(), cx, permits, now)
    }

    /// Waits, and runs the remaining steps.
    pub(super) async fn resume_steps<'a>(
        &'a self,
        mut pending: PendingAdmission<'a>,
        cx: &Context,
        permits: &mut Permits<'a>,
    ) -> Result<(), Refusal> {
        loop {
            match pending.wait_for {
                WaitFor::RateLimit(reservation) => reservation.ready().await,
                WaitFor::SharedLimit { limiter, key } => {
                    self.wait_for_shared_limit(limiter, &key, permits.deadline)
                        .await?;
                }
                WaitFor::Concurrency(queued) => {
                    permits.concurrency = Some(queued.ready(permits.deadline).await?);
                }
            }
            // Later policies see the time after the wait, not the arrival time.
            let now = Instant::now();
            match self.run_steps(pending.remaining, cx, permits, now)? {
                Some(next) => pending = next,
                None => return Ok(()),
            }
        }
    }

    fn run_steps<'a>(
        &'a self,
        mut steps: Iter<'static, Step>,
        cx: &Context,
        permits: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<PendingAdmission<'a>>, Refusal> {
        while let Some(step) = steps.next() {
            if let Some(wait_for) = self.apply(*step, cx, permits, now)? {
                return Ok(Some(PendingAdmission {
                    wait_for,
                    remaining: steps,
                }));
            }
        }
        Ok(None)
    }

    #[inline]
    fn apply<'a>(
        &'a self,
        step: Step,
        cx: &Context,
        permits: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<WaitFor<'a>>, Refusal> {
        match step {
            Step::Shed => {
                if let Some(shed) = self.shed.get() {
                    permits.shed = Some(shed.admit(now.into_std())?);
                }
            }
            Step::Throttle => {
                if let Some(throttle) = self.throttle.get() {
                    permits.throttle = Some(throttle.admit(now.into_std())?);
                }
            }
            Step::Breaker => {
                if let Some(breaker) = self.breaker.get() {
                    permits.breaker = Some(breaker.admit(now.into_std())?);
                }
            }
            Step::RateLimit => return self.apply_rate_limit(cx, permits, now),
            Step::Concurrency => return self.apply_concurrency(permits, now),
        }
        Ok(None)
    }

    #[inline]
    fn apply_concurrency<'a>(
        &'a self,
        permits: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<WaitFor<'a>>, Refusal> {
        let Some(limiter) = self.concurrency.get() else {
            return Ok(None);
        };
        match limiter.enter(|| now.into_std())? {
            Place::Inside(permit) => permits.concurrency = Some(permit),
            Place::Queued(queued) => return Ok(Some(WaitFor::Concurrency(queued))),
        }
        Ok(None)
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{advance, timeout};

    use super::*;
    use crate::model::descriptor::MethodMeta;
    use crate::model::policies::SidePolicies;
    use crate::model::policies::breaker::BreakerConfig;
    use crate::model::policies::concurrency::ConcurrencyConfig;
    use crate::model::policies::rate_limit::{Rate, RateLimitConfig};
    use crate::model::status::Status;
    use crate::model::status::refusal::RefusalReason;
    use crate::pipeline::admission::AdmittedCall;
    use crate::policy::breaker::BreakerState;

    const SECOND: Duration = Duration::from_secs(1);

    fn admission(policies: &SidePolicies) -> Arc<Admission> {
        const META: &MethodMeta = &MethodMeta::new("Steps", "call", "Call");
        Admission::of(Side::Client, META, policies)
    }

    /// The order of a chain in the docs of `policy/mod.rs`.
    fn documented(side: &str) -> Vec<&'static str> {
        let docs = include_str!("../../policy/mod.rs").lines();
        let mut lines = docs.filter_map(|line| line.strip_prefix("//! ")?.strip_prefix(side));
        let line = lines.next().expect("the docs have a chain for each side");
        line.split('→').map(str::trim).collect()
    }

    /// The names of the steps of these stages, in order.
    fn actual(side: Side, stages: &[Stage]) -> Vec<&'static str> {
        let steps = stages.iter().flat_map(|stage| steps_of(side, *stage));
        let name = |step: &Step| match step {
            Step::Shed => "shed",
            Step::Concurrency => "concurrency",
            Step::RateLimit => "rate_limit",
            Step::Throttle => "throttle",
            Step::Breaker => "breaker",
        };
        steps.map(name).collect()
    }

    #[test]
    fn the_chain_has_the_documented_order() {
        let server = actual(Side::Server, &[Stage::Call]);
        assert_eq!(documented("server")[..server.len()], server);
        let client = documented("client");
        let in_stages = actual(Side::Client, &[Stage::Plan, Stage::Sending, Stage::Attempt]);
        assert_eq!(in_stages, actual(Side::Client, &[Stage::Call]));
        let steps = client.iter().filter(|name| in_stages.contains(name));
        assert!(steps.eq(&in_stages), "{client:?}");
        // The plan runs between the last two stages.
        assert_eq!(client[5..7], ["retry", "hedge"]);
        assert_eq!(client[3..5], actual(Side::Client, &[Stage::Sending]));
        assert_eq!(client[7..10], actual(Side::Client, &[Stage::Attempt]));
    }

    /// Admits a call, as drivers do.
    async fn admit<'a>(admission: &'a Admission, cx: &Context) -> Result<AdmittedCall<'a>, Status> {
        let mut admitted = AdmittedCall::new();
        let now = Instant::now();
        if let Some(pending) = admission.admit(Stage::Call, cx, now, &mut admitted)? {
            admission.admit_after(pending, cx, &mut admitted).await?;
        }
        Ok(admitted)
    }

    fn state(admission: &Admission) -> Option<BreakerState> {
        let breaker = admission.breaker.get()?;
        Some(breaker.state(Instant::now().into_std()))
    }

    /// A concurrency limit of one, and a breaker that opens at the first failure.
    fn limited_to_one() -> Arc<Admission> {
        let queue = ConcurrencyConfig::new(1).queue(1).wait(60 * SECOND);
        admission(&SidePolicies {
            breaker: Some(BreakerConfig::consecutive(1)),
            concurrency: Some(queue),
            ..SidePolicies::NONE
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_expires_in_the_queue_is_no_failure_of_the_peer() {
        let admission = limited_to_one();
        let inside = admit(&admission, &Context::new())
            .await
            .expect("a place is free");
        let cx = Context::new().with_timeout(SECOND);
        let refused = admit(&admission, &cx)
            .await
            .expect_err("the place is taken");
        let reason = refused.refusal().map(|refusal| refusal.reason());
        assert_eq!(reason, Some(RefusalReason::WaitedTooLong));
        assert_eq!(state(&admission), Some(BreakerState::Closed));

        // Nor is a call that is dropped in the queue.
        let cx = Context::new().with_timeout(2 * SECOND);
        let mut queued = Box::pin(admit(&admission, &cx));
        assert!(timeout(SECOND, &mut queued).await.is_err());
        advance(2 * SECOND).await;
        drop(queued);
        assert_eq!(state(&admission), Some(BreakerState::Closed));
        drop(inside);
    }

    #[tokio::test(start_paused = true)]
    async fn an_admitted_call_dropped_at_its_deadline_is_a_failure_of_the_peer() {
        let admission = limited_to_one();
        let cx = Context::new().with_timeout(SECOND);
        let admitted = admit(&admission, &cx).await.expect("a place is free");
        advance(SECOND).await;
        drop(admitted);
        assert_eq!(state(&admission), Some(BreakerState::Open));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_the_rate_limit_and_then_for_the_concurrency_limit() {
        let admission = admission(&SidePolicies {
            rate_limit: Some(
                RateLimitConfig::new(Rate::new(1, SECOND))
                    .burst(1)
                    .wait(60 * SECOND),
            ),
            concurrency: Some(ConcurrencyConfig::new(1).queue(1).wait(60 * SECOND)),
            ..SidePolicies::NONE
        });
        let start = Instant::now();
        let first = admit(&admission, &Context::new())
            .await
            .expect("the limits admit a first call");
        let cx = Context::new();
        let mut second = Box::pin(admit(&admission, &cx));
        // The rate limit admits it after a second; the place is taken for two more.
        assert!(timeout(3 * SECOND, &mut second).await.is_err());
        drop(first);
        assert!(second.await.is_ok());
        assert_eq!(start.elapsed(), 3 * SECOND);
    }
}
