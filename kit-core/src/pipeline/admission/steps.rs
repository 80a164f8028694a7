//! The steps of a chain, taken in their order.
//!
//! Nearly every call is let in, or refused, by all of its policies at once, so
//! that is a plain function. Two policies may tell a call to wait, and a rate
//! limit that is shared has to ask: then the rest of the steps becomes a
//! future, which nobody else pays for.

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

/// One policy of a chain.
#[derive(Clone, Copy, Debug)]
enum Step {
    Shed,
    Concurrency,
    RateLimit,
    Throttle,
    Breaker,
}

/// The steps of a stage, the first outermost.
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

/// What a call waits for, and what is left to ask after that.
#[derive(Debug)]
pub(crate) struct Waiting<'a> {
    turn: Turn<'a>,
    left: Iter<'static, Step>,
}

#[derive(Debug)]
pub(crate) enum Turn<'a> {
    Rate(Reservation<'a>),
    /// By whoever counts for all processes.
    Shared {
        limiter: &'a RateLimiter,
        key: Vec<u8>,
    },
    Place(Queued<'a>),
}

impl Admission {
    /// Takes the steps of a stage until one must wait.
    pub(crate) fn admit<'a>(
        &'a self,
        stage: Stage,
        cx: &Context,
        pass: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<Waiting<'a>>, Refusal> {
        self.take_steps(steps_of(self.side, stage).iter(), cx, pass, now)
    }

    /// Waits, and takes the steps that are left.
    pub(crate) async fn admit_after<'a>(
        &'a self,
        mut waiting: Waiting<'a>,
        cx: &Context,
        pass: &mut Permits<'a>,
    ) -> Result<(), Refusal> {
        loop {
            match waiting.turn {
                Turn::Rate(turn) => turn.ready().await,
                Turn::Shared { limiter, key } => {
                    self.shared_turn(limiter, &key, pass.deadline).await?;
                }
                Turn::Place(queued) => {
                    pass.concurrency = Some(queued.ready(pass.deadline).await?);
                }
            }
            // The others go by when the call is made, and not by when it came.
            let now = Instant::now();
            match self.take_steps(waiting.left, cx, pass, now)? {
                Some(next) => waiting = next,
                None => return Ok(()),
            }
        }
    }

    fn take_steps<'a>(
        &'a self,
        mut steps: Iter<'static, Step>,
        cx: &Context,
        pass: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<Waiting<'a>>, Refusal> {
        while let Some(step) = steps.next() {
            if let Some(turn) = self.take(*step, cx, pass, now)? {
                let left = steps;
                return Ok(Some(Waiting { turn, left }));
            }
        }
        Ok(None)
    }

    #[inline]
    fn take<'a>(
        &'a self,
        step: Step,
        cx: &Context,
        pass: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<Turn<'a>>, Refusal> {
        match step {
            Step::Shed => {
                if let Some(shed) = self.shed.get() {
                    pass.shed = Some(shed.admit(now.into_std())?);
                }
            }
            Step::Throttle => {
                if let Some(throttle) = self.throttle.get() {
                    pass.throttle = Some(throttle.admit(now.into_std())?);
                }
            }
            Step::Breaker => {
                if let Some(breaker) = self.breaker.get() {
                    pass.breaker = Some(breaker.admit(now.into_std())?);
                }
            }
            Step::RateLimit => return self.take_rate(cx, pass, now),
            Step::Concurrency => return self.take_place(pass, now),
        }
        Ok(None)
    }

    #[inline]
    fn take_place<'a>(
        &'a self,
        pass: &mut Permits<'a>,
        now: Instant,
    ) -> Result<Option<Turn<'a>>, Refusal> {
        let Some(limiter) = self.concurrency.get() else {
            return Ok(None);
        };
        match limiter.enter(|| now.into_std())? {
            Place::Inside(permit) => pass.concurrency = Some(permit),
            Place::Queued(queued) => return Ok(Some(Turn::Place(queued))),
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
    use crate::pipeline::admission::Entered;
    use crate::policy::breaker::BreakerState;

    const SECOND: Duration = Duration::from_secs(1);

    fn admission(policies: &SidePolicies) -> Arc<Admission> {
        const META: &MethodMeta = &MethodMeta::new("Steps", "call", "Call");
        Admission::of(Side::Client, META, policies)
    }

    /// The order of a chain as `policy/mod.rs` draws it.
    fn drawn(side: &str) -> Vec<&'static str> {
        let drawing = include_str!("../../policy/mod.rs").lines();
        let mut lines = drawing.filter_map(|line| line.strip_prefix("//! ")?.strip_prefix(side));
        let line = lines.next().expect("a line of the drawing");
        line.split('→').map(str::trim).collect()
    }

    /// The steps of stages by name, one after another.
    fn taken(side: Side, stages: &[Stage]) -> Vec<&'static str> {
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
    fn a_chain_has_the_order_that_is_drawn() {
        let server = taken(Side::Server, &[Stage::Call]);
        assert_eq!(drawn("server")[..server.len()], server);
        let client = drawn("client");
        let planned = taken(Side::Client, &[Stage::Plan, Stage::Sending, Stage::Attempt]);
        assert_eq!(planned, taken(Side::Client, &[Stage::Call]));
        let steps = client.iter().filter(|name| planned.contains(name));
        assert!(steps.eq(&planned), "{client:?}");
        // What a plan does between the two.
        assert_eq!(client[5..7], ["retry", "hedge"]);
        assert_eq!(client[3..5], taken(Side::Client, &[Stage::Sending]));
        assert_eq!(client[7..10], taken(Side::Client, &[Stage::Attempt]));
    }

    /// Lets a call in, as drivers do.
    async fn enter<'a>(admission: &'a Admission, cx: &Context) -> Result<Entered<'a>, Status> {
        let mut entered = Entered::not_yet();
        let now = Instant::now();
        if let Some(waiting) = admission.enter(Stage::Call, cx, now, &mut entered)? {
            admission.enter_after(waiting, cx, &mut entered).await?;
        }
        Ok(entered)
    }

    fn state(admission: &Admission) -> Option<BreakerState> {
        let breaker = admission.breaker.get()?;
        Some(breaker.state(Instant::now().into_std()))
    }

    /// One call at a time, and a breaker that opens at the first failure.
    fn narrow() -> Arc<Admission> {
        let queue = ConcurrencyConfig::new(1).queue(1).wait(60 * SECOND);
        admission(&SidePolicies {
            breaker: Some(BreakerConfig::consecutive(1)),
            concurrency: Some(queue),
            ..SidePolicies::NONE
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waited_until_its_deadline_is_not_the_peers_failure() {
        let admission = narrow();
        let inside = enter(&admission, &Context::new())
            .await
            .expect("there is a place");
        let cx = Context::new().with_timeout(SECOND);
        let refused = enter(&admission, &cx)
            .await
            .expect_err("there was no place");
        let reason = refused.refusal().map(|refusal| refusal.reason());
        assert_eq!(reason, Some(RefusalReason::WaitedTooLong));
        assert_eq!(state(&admission), Some(BreakerState::Closed));

        // Nor is one that was dropped there.
        let cx = Context::new().with_timeout(2 * SECOND);
        let mut waits = Box::pin(enter(&admission, &cx));
        assert!(timeout(SECOND, &mut waits).await.is_err());
        advance(2 * SECOND).await;
        drop(waits);
        assert_eq!(state(&admission), Some(BreakerState::Closed));
        drop(inside);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_left_and_was_cut_at_its_deadline_is() {
        let admission = narrow();
        let cx = Context::new().with_timeout(SECOND);
        let entered = enter(&admission, &cx).await.expect("there is a place");
        advance(SECOND).await;
        drop(entered);
        assert_eq!(state(&admission), Some(BreakerState::Open));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_its_turn_and_then_for_its_place() {
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
        let first = enter(&admission, &Context::new()).await.expect("the first");
        let cx = Context::new();
        let mut second = Box::pin(enter(&admission, &cx));
        // Its turn comes after a second; the place is taken for two more.
        assert!(timeout(3 * SECOND, &mut second).await.is_err());
        drop(first);
        assert!(second.await.is_ok());
        assert_eq!(start.elapsed(), 3 * SECOND);
    }
}
