//! The permits of a call whose response still streams after its handler returned.
//!
//! A permit borrows its policy, but the permits of a stream travel with the
//! response body and outlive every borrow. So [`StreamPermits`] owns the
//! [`Admission`] and the detached permits, and attaches them again when the
//! stream ends.

use std::sync::Arc;

use tokio::time::Instant;

use super::Admission;
use super::permits::Permits;
use crate::model::code::Code;
use crate::model::completion::Completion;
use crate::policy::{breaker, concurrency, shed, throttle};

/// The permits of a streaming call. Dropping them without an outcome means that
/// the call ended at its deadline or was cancelled, as for [`Permits`].
#[derive(Debug)]
pub(crate) struct StreamPermits {
    admission: Arc<Admission>,
    detached: DetachedPermits,
}

/// [`Permits`] without the borrow of their policies.
#[derive(Debug)]
struct DetachedPermits {
    deadline: Option<Instant>,
    shed: Option<shed::Detached>,
    concurrency: Option<concurrency::Detached>,
    throttle: Option<throttle::Detached>,
    breaker: Option<breaker::Detached>,
}

impl StreamPermits {
    /// Detaches the permits from this admission; `deadline` is that of the stream.
    /// `None` if no policy holds a permit.
    pub(crate) fn of(
        admission: &Arc<Admission>,
        mut permits: Permits<'_>,
        deadline: Option<Instant>,
    ) -> Option<Self> {
        // A probe tests whether the peer works, and other calls wait for its
        // result. A stream that begins shows that it does, and may never end.
        let probe = permits.breaker.take_if(|permit| permit.is_probe());
        if let Some(probe) = probe {
            probe.record_end(Completion::by(Code::Ok), Instant::now().into_std());
        }
        let detached = DetachedPermits {
            deadline,
            shed: permits.shed.take().map(shed::Permit::detach),
            concurrency: permits.concurrency.take().map(concurrency::Permit::detach),
            throttle: permits.throttle.take().map(throttle::Permit::detach),
            breaker: permits.breaker.take().map(breaker::Permit::detach),
        };
        (!detached.is_empty()).then(|| Self {
            admission: Arc::clone(admission),
            detached,
        })
    }

    /// Records in every policy how the stream completed.
    pub(crate) fn finish(mut self, completion: Completion) {
        let mut permits = self.detached.attach(&self.admission);
        if permits.is_recording() {
            permits.record(completion, Instant::now().into_std());
        }
    }
}

impl Drop for StreamPermits {
    fn drop(&mut self) {
        drop(self.detached.attach(&self.admission));
    }
}

impl DetachedPermits {
    const fn is_empty(&self) -> bool {
        self.shed.is_none()
            && self.concurrency.is_none()
            && self.throttle.is_none()
            && self.breaker.is_none()
    }

    /// Restores the permits, and leaves none behind.
    fn attach<'a>(&mut self, admission: &'a Admission) -> Permits<'a> {
        // The core exists even if the policy was switched off meanwhile.
        let shed = self.shed.take().zip(admission.shed.core());
        let concurrency = self.concurrency.take().zip(admission.concurrency.core());
        let throttle = self.throttle.take().zip(admission.throttle.core());
        let breaker = self.breaker.take().zip(admission.breaker.core());
        let mut permits = Permits::new();
        permits.deadline = self.deadline;
        permits.shed = shed.map(|(permit, core)| permit.attach(core));
        permits.concurrency = concurrency.map(|(permit, core)| permit.attach(core));
        permits.throttle = throttle.map(|(permit, core)| permit.attach(core));
        permits.breaker = breaker.map(|(permit, core)| permit.attach(core));
        permits.start_recording();
        permits
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
    use crate::pipeline::admission::AdmittedCall;
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

    fn admit(admission: &Admission) -> Result<AdmittedCall<'_>, Status> {
        let mut admitted = AdmittedCall::new();
        let waiting =
            admission.admit(Stage::Call, &Context::new(), Instant::now(), &mut admitted)?;
        assert!(waiting.is_none(), "no policy queues calls");
        Ok(admitted)
    }

    /// The permits of a stream that has begun.
    fn open_stream(admission: &Arc<Admission>, deadline: Option<Instant>) -> StreamPermits {
        let admitted = admit(admission).expect("the policies admit the call");
        admitted
            .into_stream_permits(admission, deadline)
            .expect("the call holds permits")
    }

    /// The calls in flight: by the limit, and by the shedder.
    fn in_flight(admission: &Admission) -> (u32, u32) {
        let limiter = admission.concurrency.core().expect("the policy is on");
        let shedder = admission.shed.core().expect("the policy is on");
        (limiter.in_flight(), shedder.in_flight())
    }

    /// The calls that the throttle has seen, and those that were accepted.
    fn throttle_counts(admission: &Admission) -> (u64, u64) {
        let throttle = admission.throttle.core().expect("the policy is on");
        let snapshot = throttle.snapshot(Instant::now().into_std());
        (snapshot.requests, snapshot.accepts)
    }

    fn breaker(admission: &Admission) -> BreakerState {
        let breaker = admission.breaker.core().expect("the policy is on");
        breaker.state(Instant::now().into_std())
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_is_in_flight_until_it_ends_and_counts_by_its_outcome() {
        let admission = admission();
        let streams = [open_stream(&admission, None), open_stream(&admission, None)];
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((2, 2), (0, 0))
        );
        assert!(admit(&admission).is_err(), "both places are taken");

        let [first, second] = streams;
        first.finish(Completion::by(Code::Ok));
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((1, 1), (1, 1))
        );
        assert_eq!(breaker(&admission), BreakerState::Closed);
        second.finish(Completion::by(Code::Internal));
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((0, 0), (2, 1))
        );
        assert_eq!(breaker(&admission), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn an_abandoned_stream_is_a_failure_only_from_its_deadline_on() {
        let admission = admission();
        let deadline = Instant::now() + SECOND;
        let streams = [
            open_stream(&admission, Some(deadline)),
            open_stream(&admission, Some(deadline)),
        ];
        let [first, second] = streams;
        drop(first);
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((1, 1), (0, 0))
        );
        assert_eq!(breaker(&admission), BreakerState::Closed);
        tokio::time::advance(SECOND).await;
        drop(second);
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((0, 0), (1, 0))
        );
        assert_eq!(breaker(&admission), BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_succeeds_when_its_stream_begins() {
        let admission = admission();
        open_stream(&admission, None).finish(Completion::by(Code::Internal));
        tokio::time::advance(SECOND).await;
        let probe = open_stream(&admission, None);
        assert_eq!(breaker(&admission), BreakerState::Closed);
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((1, 1), (1, 0))
        );
        // Only the throttle counts the later outcome.
        probe.finish(Completion::by(Code::Internal));
        assert_eq!(breaker(&admission), BreakerState::Closed);
        assert_eq!(
            (in_flight(&admission), throttle_counts(&admission)),
            ((0, 0), (2, 0))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_switched_off_during_a_stream_gets_its_permit_back() {
        let admission = admission();
        let stream = open_stream(&admission, None);
        assert_eq!(admission.configure(&SidePolicies::NONE), Ok(()));
        stream.finish(Completion::by(Code::Ok));
        assert_eq!(in_flight(&admission), (0, 0));
    }

    #[tokio::test]
    async fn a_stream_without_policies_holds_no_permits() {
        let admission = admission();
        assert_eq!(admission.configure(&SidePolicies::NONE), Ok(()));
        let admitted = admit(&admission).expect("no policy refuses");
        assert!(admitted.into_stream_permits(&admission, None).is_none());
    }

    #[tokio::test]
    async fn a_stream_holds_the_permit_of_a_fixed_limit_alone() {
        let admission = admission();
        let limit = SidePolicies::NONE.concurrency(ConcurrencyConfig::new(2));
        assert_eq!(admission.configure(&limit), Ok(()));
        let streams = [open_stream(&admission, None), open_stream(&admission, None)];
        assert!(admit(&admission).is_err(), "both places are taken");
        let [first, second] = streams;
        first.finish(Completion::by(Code::Ok));
        drop(second);
        assert_eq!(in_flight(&admission), (0, 0));
    }
}
