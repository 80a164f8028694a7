//! The breaker around a call: [`Breaker::run`] and the middleware.

use std::future::{pending, ready};

use super::*;
use crate::model::code::Code;
use crate::model::policies::CodeSet;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, RefusalReason};

async fn ends(bench: &Bench, outcome: Result<u32, Status>) -> Result<u32, Status> {
    bench.breaker.run(ready(outcome)).await
}

#[tokio::test]
async fn a_refusal_is_unavailable_and_says_who_why_and_when() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(7)));
    let own = ends(&bench, Err(Status::unavailable("away"))).await;
    assert_eq!(
        own.map_err(|status| status.message().to_owned()),
        Err("away".into())
    );

    let status = ends(&bench, Ok(1)).await.expect_err("it is open");
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.retry_after(), Some(seconds(7)));
    let refusal = status.refusal().expect("it is a refusal");
    assert_eq!(refusal.policy(), PolicyKind::Breaker);
    assert_eq!(refusal.reason(), RefusalReason::Open);
}

#[tokio::test]
async fn a_call_that_is_refused_is_not_made() {
    let bench = Bench::new(BreakerConfig::consecutive(1));
    bench.breaker.force_open();
    let mut made = false;
    let call = async {
        made = true;
        Ok::<_, Status>(())
    };
    assert!(bench.breaker.run(call).await.is_err());
    assert!(!made);
}

#[tokio::test]
async fn what_the_caller_got_wrong_is_no_failure_of_the_peer() {
    let bench = Bench::new(BreakerConfig::consecutive(1));
    for status in [
        Status::not_found("no item"),
        Status::invalid_argument("no"),
        Status::resource_exhausted("less, please"),
        Status::new(Code::Cancelled, "gave up"),
    ] {
        assert!(ends(&bench, Err(status)).await.is_err());
    }
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[tokio::test]
async fn own_codes_are_failures_once_they_are_asked_for() {
    let codes = CodeSet::of(&[Code::NotFound]);
    let bench = Bench::new(BreakerConfig::consecutive(1).failures_on(codes));
    let _ = ends(&bench, Err(Status::unavailable("away"))).await;
    assert_eq!(bench.state(), BreakerState::Closed);
    let _ = ends(&bench, Err(Status::not_found("no item"))).await;
    assert_eq!(bench.state(), BreakerState::Open);
}

#[tokio::test]
async fn a_refusal_of_a_policy_further_in_says_nothing_of_the_peer() {
    let outer = Bench::new(BreakerConfig::consecutive(1));
    let inner = Bench::new(BreakerConfig::consecutive(1));
    inner.breaker.force_open();
    let call = outer.breaker.run(ends(&inner, Ok(1)));
    assert!(call.await.is_err());
    assert_eq!(outer.state(), BreakerState::Closed);
    assert_eq!(outer.breaker.snapshot(outer.now()).calls, 0);
}

#[tokio::test]
async fn a_call_that_is_dropped_gives_its_probe_back() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(1));
    let _ = ends(&bench, Err(Status::unavailable("away"))).await;
    bench.wait(seconds(1));
    {
        let mut call = Box::pin(bench.breaker.run(pending::<Result<u32, Status>>()));
        let polled = std::future::poll_fn(|task| std::task::Poll::Ready(call.as_mut().poll(task)));
        assert!(polled.await.is_pending());
        assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    }
    assert!(bench.permit().is_probe());
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_hangs_ends_with_the_timeout_of_its_call() {
    let breaker = Breaker::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(1));
    let call = || {
        breaker.run(async {
            let hangs = tokio::time::timeout(seconds(3), pending::<()>());
            let status = Status::deadline_exceeded("no response within 3s");
            hangs.await.map_err(|_| status)
        })
    };
    assert!(call().await.is_err());
    tokio::time::advance(seconds(1)).await;
    // The probe is under way for three seconds, and fails.
    let (probe, other) = tokio::join!(call(), call());
    let refusal = |status: Status| status.refusal().map(|refusal| refusal.reason());
    assert_eq!(probe.map_err(refusal), Err(None));
    assert_eq!(other.map_err(refusal), Err(Some(RefusalReason::HalfOpen)));
    assert_eq!(
        call().await.map_err(|status| status.retry_after()),
        Err(Some(seconds(1)))
    );
}

#[tokio::test(start_paused = true)]
async fn it_reads_tokios_clock() {
    let config = BreakerConfig::consecutive(1)
        .slow(millis(100))
        .slow_ratio(1.0)
        .min_calls(1);
    let breaker = Breaker::new(config);
    let slow = async {
        tokio::time::sleep(millis(100)).await;
        Ok::<_, Status>(())
    };
    assert!(breaker.run(slow).await.is_ok());
    let refused = breaker.run(ready(Ok::<_, Status>(()))).await;
    assert_eq!(
        refused.map_err(|status| status.retry_after()),
        Err(Some(seconds(5)))
    );
}

#[test]
fn an_event_carries_the_name() {
    let breaker = Breaker::new(BreakerConfig::new()).named("Add.sum");
    let mut events = breaker.subscribe();
    breaker.force_open();
    let event = events.try_recv().expect("there was a change");
    assert_eq!((breaker.name(), event.name), ("Add.sum", "Add.sum"));
}
