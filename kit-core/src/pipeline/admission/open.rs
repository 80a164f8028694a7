//! Leave for a call whose reply streams on once its handler has returned.
//!
//! A permit borrows its policy, and what waits for the end of a stream outlives
//! every borrow: it goes along with the body of a response. So it holds the
//! gate and what is left of the permits without it, and puts them together
//! again for the end.

use std::sync::Arc;

use tokio::time::Instant;

use super::Gate;
use super::pass::Pass;
use crate::model::code::Code;
use crate::model::completion::Ended;
use crate::policy::{breaker, concurrency, shed, throttle};

/// Leave for a call that goes on. Dropped without an end it was given up, as a
/// [`Pass`] is.
#[derive(Debug)]
pub(crate) struct OpenPass {
    gate: Arc<Gate>,
    rest: Rest,
}

/// What is left of the permits of a pass.
#[derive(Debug)]
struct Rest {
    deadline: Option<Instant>,
    shed: Option<shed::Detached>,
    concurrency: Option<concurrency::Detached>,
    throttle: Option<throttle::Detached>,
    breaker: Option<breaker::Detached>,
}

impl OpenPass {
    /// A pass of this gate; `deadline` is that of the stream. `None` where no
    /// policy has given leave.
    pub(crate) fn of(
        gate: &Arc<Gate>,
        mut pass: Pass<'_>,
        deadline: Option<Instant>,
    ) -> Option<Self> {
        // A probe asks whether the peer works, and others wait for its answer:
        // that is known when the stream begins, which may never end.
        let probe = pass.breaker.take_if(|permit| permit.is_probe());
        if let Some(probe) = probe {
            probe.record_end(Ended::by(Code::Ok), Instant::now().into_std());
        }
        let rest = Rest {
            deadline,
            shed: pass.shed.take().map(shed::Permit::detach),
            concurrency: pass.concurrency.take().map(concurrency::Permit::detach),
            throttle: pass.throttle.take().map(throttle::Permit::detach),
            breaker: pass.breaker.take().map(breaker::Permit::detach),
        };
        (!rest.is_empty()).then(|| Self {
            gate: Arc::clone(gate),
            rest,
        })
    }

    /// Tells every policy how the stream ended.
    pub(crate) fn finish(mut self, ended: Ended) {
        let mut pass = self.rest.attach(&self.gate);
        if pass.is_watched() {
            pass.tell(ended, Instant::now().into_std());
        }
    }
}

impl Drop for OpenPass {
    fn drop(&mut self) {
        drop(self.rest.attach(&self.gate));
    }
}

impl Rest {
    const fn is_empty(&self) -> bool {
        self.shed.is_none()
            && self.concurrency.is_none()
            && self.throttle.is_none()
            && self.breaker.is_none()
    }

    /// The pass that it was; after that, an empty one.
    fn attach<'a>(&mut self, gate: &'a Gate) -> Pass<'a> {
        // A core stays as long as its gate, be it switched off meanwhile.
        let shed = self.shed.take().zip(gate.shed.core());
        let concurrency = self.concurrency.take().zip(gate.concurrency.core());
        let throttle = self.throttle.take().zip(gate.throttle.core());
        let breaker = self.breaker.take().zip(gate.breaker.core());
        let mut pass = Pass::new();
        pass.deadline = self.deadline;
        pass.shed = shed.map(|(permit, core)| permit.attach(core));
        pass.concurrency = concurrency.map(|(permit, core)| permit.attach(core));
        pass.throttle = throttle.map(|(permit, core)| permit.attach(core));
        pass.breaker = breaker.map(|(permit, core)| permit.attach(core));
        pass.watch();
        pass
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::context::Context;
    use crate::model::descriptor::MethodMeta;
    use crate::model::policies::SidePolicies;
    use crate::model::policies::breaker::BreakerConfig;
    use crate::model::policies::concurrency::ConcurrencyConfig;
    use crate::model::policies::shed::ShedConfig;
    use crate::model::policies::throttle::ThrottleConfig;
    use crate::model::side::Side;
    use crate::model::status::Status;
    use crate::pipeline::admission::{Entered, Stage};
    use crate::policy::breaker::BreakerState;

    const SECOND: Duration = Duration::from_secs(1);

    const POLICIES: SidePolicies = SidePolicies {
        shed: Some(ShedConfig::new()),
        concurrency: Some(ConcurrencyConfig::new(2)),
        throttle: Some(ThrottleConfig::new()),
        breaker: Some(BreakerConfig::consecutive(1).open(SECOND).probes(1)),
        ..SidePolicies::NONE
    };

    fn gate() -> Arc<Gate> {
        const META: &MethodMeta = &MethodMeta::new("Test", "watch", "Watch");
        Gate::of(Side::Server, META, &POLICIES)
    }

    fn enter(gate: &Gate) -> Result<Entered<'_>, Status> {
        let mut entered = Entered::not_yet();
        let waiting = gate.enter(Stage::Call, &Context::new(), Instant::now(), &mut entered)?;
        assert!(waiting.is_none(), "there is no queue");
        Ok(entered)
    }

    /// A stream that has begun.
    fn begin(gate: &Arc<Gate>, deadline: Option<Instant>) -> OpenPass {
        let entered = enter(gate).expect("it is let in");
        entered.stay_open(gate, deadline).expect("it has leave")
    }

    /// How many calls are in flight: by the limit, and by the shedder.
    fn in_flight(gate: &Gate) -> (u32, u32) {
        let limiter = gate.concurrency.core().expect("it is on");
        let shedder = gate.shed.core().expect("it is on");
        (limiter.in_flight(), shedder.in_flight())
    }

    /// How many calls the throttle has seen, and how many were accepted.
    fn throttled(gate: &Gate) -> (u64, u64) {
        let throttle = gate.throttle.core().expect("it is on");
        let snapshot = throttle.snapshot(Instant::now().into_std());
        (snapshot.requests, snapshot.accepts)
    }

    fn breaker(gate: &Gate) -> BreakerState {
        let breaker = gate.breaker.core().expect("it is on");
        breaker.state(Instant::now().into_std())
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_is_in_flight_until_it_ends_and_counts_as_it_ended() {
        let gate = gate();
        let streams = [begin(&gate, None), begin(&gate, None)];
        assert_eq!((in_flight(&gate), throttled(&gate)), ((2, 2), (0, 0)));
        assert!(enter(&gate).is_err(), "both places are taken");

        let [first, second] = streams;
        first.finish(Ended::by(Code::Ok));
        assert_eq!((in_flight(&gate), throttled(&gate)), ((1, 1), (1, 1)));
        assert_eq!(breaker(&gate), BreakerState::Closed);
        second.finish(Ended::by(Code::Internal));
        assert_eq!((in_flight(&gate), throttled(&gate)), ((0, 0), (2, 1)));
        assert_eq!(breaker(&gate), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_is_given_up_counts_as_nothing_until_its_deadline() {
        let gate = gate();
        let deadline = Instant::now() + SECOND;
        let streams = [begin(&gate, Some(deadline)), begin(&gate, Some(deadline))];
        let [first, second] = streams;
        drop(first);
        assert_eq!((in_flight(&gate), throttled(&gate)), ((1, 1), (0, 0)));
        assert_eq!(breaker(&gate), BreakerState::Closed);
        tokio::time::advance(SECOND).await;
        drop(second);
        assert_eq!((in_flight(&gate), throttled(&gate)), ((0, 0), (1, 0)));
        assert_eq!(breaker(&gate), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_has_succeeded_once_its_stream_has_begun() {
        let gate = gate();
        begin(&gate, None).finish(Ended::by(Code::Internal));
        tokio::time::advance(SECOND).await;
        let probe = begin(&gate, None);
        assert_eq!(breaker(&gate), BreakerState::Closed);
        assert_eq!((in_flight(&gate), throttled(&gate)), ((1, 1), (1, 0)));
        // What becomes of it later is the throttle's to count alone.
        probe.finish(Ended::by(Code::Internal));
        assert_eq!(breaker(&gate), BreakerState::Closed);
        assert_eq!((in_flight(&gate), throttled(&gate)), ((0, 0), (2, 0)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_that_is_switched_off_meanwhile_gets_its_place_back() {
        let gate = gate();
        let stream = begin(&gate, None);
        assert_eq!(gate.configure(&SidePolicies::NONE), Ok(()));
        stream.finish(Ended::by(Code::Ok));
        assert_eq!(in_flight(&gate), (0, 0));
    }

    #[tokio::test]
    async fn a_stream_with_no_policy_keeps_nothing() {
        let gate = gate();
        assert_eq!(gate.configure(&SidePolicies::NONE), Ok(()));
        let entered = enter(&gate).expect("nothing refuses");
        assert!(entered.stay_open(&gate, None).is_none());
    }

    #[tokio::test]
    async fn a_fixed_limit_alone_keeps_its_place_too() {
        let gate = gate();
        let limit = SidePolicies::NONE.concurrency(ConcurrencyConfig::new(2));
        assert_eq!(gate.configure(&limit), Ok(()));
        let streams = [begin(&gate, None), begin(&gate, None)];
        assert!(enter(&gate).is_err(), "both places are taken");
        let [first, second] = streams;
        first.finish(Ended::by(Code::Ok));
        drop(second);
        assert_eq!(in_flight(&gate), (0, 0));
    }
}
