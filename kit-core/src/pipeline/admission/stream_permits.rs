//! Leave for a call whose reply streams on once its handler has returned.
//!
//! A permit borrows its policy, and what waits for the end of a stream outlives
//! every borrow: it goes along with the body of a response. So it holds the
//! gate and what is left of the permits without it, and puts them together
//! again for the end.

use std::sync::Arc;

use tokio::time::Instant;

use super::Admission;
use super::permits::Permits;
use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::policy::{breaker, concurrency, shed, throttle};

/// Leave for a call that goes on. Dropped without an end it was given up, as a
/// [`Permits`] is.
#[derive(Debug)]
pub(crate) struct StreamPermits {
    admission: Arc<Admission>,
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

impl StreamPermits {
    /// A pass of this gate; `deadline` is that of the stream. `None` where no
    /// policy has given leave.
    pub(crate) fn of(
        admission: &Arc<Admission>,
        mut pass: Permits<'_>,
        deadline: Option<Instant>,
    ) -> Option<Self> {
        // A probe asks whether the peer works, and others wait for its answer:
        // that is known when the stream begins, which may never end.
        let probe = pass.breaker.take_if(|permit| permit.is_probe());
        if let Some(probe) = probe {
            probe.record_end(Completion::by(Code::Ok), Instant::now().into_std());
        }
        let rest = Rest {
            deadline,
            shed: pass.shed.take().map(shed::Permit::detach),
            concurrency: pass.concurrency.take().map(concurrency::Permit::detach),
            throttle: pass.throttle.take().map(throttle::Permit::detach),
            breaker: pass.breaker.take().map(breaker::Permit::detach),
        };
        (!rest.is_empty()).then(|| Self {
            admission: Arc::clone(admission),
            rest,
        })
    }

    /// Tells every policy how the stream ended.
    pub(crate) fn finish(mut self, ended: Completion) {
        let mut pass = self.rest.attach(&self.admission);
        if pass.is_watched() {
            pass.tell(ended, Instant::now().into_std());
        }
    }
}

impl Drop for StreamPermits {
    fn drop(&mut self) {
        drop(self.rest.attach(&self.admission));
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
    fn attach<'a>(&mut self, admission: &'a Admission) -> Permits<'a> {
        // A core stays as long as its gate, be it switched off meanwhile.
        let shed = self.shed.take().zip(admission.shed.core());
        let concurrency = self.concurrency.take().zip(admission.concurrency.core());
        let throttle = self.throttle.take().zip(admission.throttle.core());
        let breaker = self.breaker.take().zip(admission.breaker.core());
        let mut pass = Permits::new();
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
    use crate::model::attempt::Stage;
    use crate::model::context::Context;
    use crate::model::descriptor::MethodMeta;
    use crate::model::policies::SidePolicies;
    use crate::model::policies::breaker::BreakerConfig;
    use crate::model::policies::concurrency::ConcurrencyConfig;
    use crate::model::policies::shed::ShedConfig;
    use crate::model::policies::throttle::ThrottleConfig;
    use crate::model::side::Side;
    use crate::model::status::Status;
    use crate::pipeline::admission::Entered;
    use crate::policy::breaker::BreakerState;

    const SECOND: Duration = Duration::from_secs(1);

    const POLICIES: SidePolicies = SidePolicies {
        shed: Some(ShedConfig::new()),
        concurrency: Some(ConcurrencyConfig::new(2)),
        throttle: Some(ThrottleConfig::new()),
        breaker: Some(BreakerConfig::consecutive(1).open(SECOND).probes(1)),
        ..SidePolicies::NONE
    };

    fn admission() -> Arc<Admission> {
        const META: &MethodMeta = &MethodMeta::new("Test", "watch", "Watch");
        Admission::of(Side::Server, META, &POLICIES)
    }

    fn enter(admission: &Admission) -> Result<Entered<'_>, Status> {
        let mut entered = Entered::not_yet();
        let waiting =
            admission.enter(Stage::Call, &Context::new(), Instant::now(), &mut entered)?;
        assert!(waiting.is_none(), "there is no queue");
        Ok(entered)
    }

    /// A stream that has begun.
    fn begin(admission: &Arc<Admission>, deadline: Option<Instant>) -> StreamPermits {
        let entered = enter(admission).expect("it is let in");
        entered
            .stay_open(admission, deadline)
            .expect("it has leave")
    }

    /// How many calls are in flight: by the limit, and by the shedder.
    fn in_flight(admission: &Admission) -> (u32, u32) {
        let limiter = admission.concurrency.core().expect("it is on");
        let shedder = admission.shed.core().expect("it is on");
        (limiter.in_flight(), shedder.in_flight())
    }

    /// How many calls the throttle has seen, and how many were accepted.
    fn throttled(admission: &Admission) -> (u64, u64) {
        let throttle = admission.throttle.core().expect("it is on");
        let snapshot = throttle.snapshot(Instant::now().into_std());
        (snapshot.requests, snapshot.accepts)
    }

    fn breaker(admission: &Admission) -> BreakerState {
        let breaker = admission.breaker.core().expect("it is on");
        breaker.state(Instant::now().into_std())
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_is_in_flight_until_it_ends_and_counts_as_it_ended() {
        let admission = admission();
        let streams = [begin(&admission, None), begin(&admission, None)];
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((2, 2), (0, 0))
        );
        assert!(enter(&admission).is_err(), "both places are taken");

        let [first, second] = streams;
        first.finish(Completion::by(Code::Ok));
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((1, 1), (1, 1))
        );
        assert_eq!(breaker(&admission), BreakerState::Closed);
        second.finish(Completion::by(Code::Internal));
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((0, 0), (2, 1))
        );
        assert_eq!(breaker(&admission), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_is_given_up_counts_as_nothing_until_its_deadline() {
        let admission = admission();
        let deadline = Instant::now() + SECOND;
        let streams = [
            begin(&admission, Some(deadline)),
            begin(&admission, Some(deadline)),
        ];
        let [first, second] = streams;
        drop(first);
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((1, 1), (0, 0))
        );
        assert_eq!(breaker(&admission), BreakerState::Closed);
        tokio::time::advance(SECOND).await;
        drop(second);
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((0, 0), (1, 0))
        );
        assert_eq!(breaker(&admission), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_has_succeeded_once_its_stream_has_begun() {
        let admission = admission();
        begin(&admission, None).finish(Completion::by(Code::Internal));
        tokio::time::advance(SECOND).await;
        let probe = begin(&admission, None);
        assert_eq!(breaker(&admission), BreakerState::Closed);
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((1, 1), (1, 0))
        );
        // What becomes of it later is the throttle's to count alone.
        probe.finish(Completion::by(Code::Internal));
        assert_eq!(breaker(&admission), BreakerState::Closed);
        assert_eq!(
            (in_flight(&admission), throttled(&admission)),
            ((0, 0), (2, 0))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_that_is_switched_off_meanwhile_gets_its_place_back() {
        let admission = admission();
        let stream = begin(&admission, None);
        assert_eq!(admission.configure(&SidePolicies::NONE), Ok(()));
        stream.finish(Completion::by(Code::Ok));
        assert_eq!(in_flight(&admission), (0, 0));
    }

    #[tokio::test]
    async fn a_stream_with_no_policy_keeps_nothing() {
        let admission = admission();
        assert_eq!(admission.configure(&SidePolicies::NONE), Ok(()));
        let entered = enter(&admission).expect("nothing refuses");
        assert!(entered.stay_open(&admission, None).is_none());
    }

    #[tokio::test]
    async fn a_fixed_limit_alone_keeps_its_place_too() {
        let admission = admission();
        let limit = SidePolicies::NONE.concurrency(ConcurrencyConfig::new(2));
        assert_eq!(admission.configure(&limit), Ok(()));
        let streams = [begin(&admission, None), begin(&admission, None)];
        assert!(enter(&admission).is_err(), "both places are taken");
        let [first, second] = streams;
        first.finish(Completion::by(Code::Ok));
        drop(second);
        assert_eq!(in_flight(&admission), (0, 0));
    }
}
