//! The breaker applied to a call: [`Breaker::run`] and the middleware.

use std::future::{pending, ready};

use super::*;
use crate::model::code::Code;
use crate::model::policies::CodeSet;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, RefusalReason};

async fn complete(bench: &Bench, outcome: Result<u32, Status>) -> Result<u32, Status> {
    bench.breaker.run(ready(outcome)).await
}

#[tokio::test]
async fn refusal_is_unavailable_with_policy_reason_and_retry_time() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(7)));
    let own = complete(&bench, Err(Status::unavailable("down"))).await;
    assert_eq!(
        own.map_err(|status| status.message().to_owned()),
        Err("down".into())
    );

    let status = complete(&bench, Ok(1)).await.expect_err("it is open");
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.retry_after(), Some(seconds(7)));
    let refusal = status.refusal().expect("it is a refusal");
    assert_eq!(refusal.policy(), PolicyKind::Breaker);
    assert_eq!(refusal.reason(), RefusalReason::Open);
}

#[tokio::test]
async fn refused_call_does_not_run() {
    let bench = Bench::new(BreakerConfig::consecutive(1));
    bench.breaker.force_open();
    let mut ran = false;
    let call = async {
        ran = true;
        Ok::<_, Status>(())
    };
    assert!(bench.breaker.run(call).await.is_err());
    assert!(!ran);
}

#[tokio::test]
async fn error_of_the_caller_is_not_a_failure() {
    let bench = Bench::new(BreakerConfig::consecutive(1));
    for status in [
        Status::not_found("no item"),
        Status::invalid_argument("no"),
        Status::resource_exhausted("overloaded"),
        Status::new(Code::Cancelled, "gave up"),
    ] {
        assert!(complete(&bench, Err(status)).await.is_err());
    }
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[tokio::test]
async fn configured_codes_are_failures() {
    let codes = CodeSet::of(&[Code::NotFound]);
    let bench = Bench::new(BreakerConfig::consecutive(1).failures_on(codes));
    let _ = complete(&bench, Err(Status::unavailable("down"))).await;
    assert_eq!(bench.state(), BreakerState::Closed);
    let _ = complete(&bench, Err(Status::not_found("no item"))).await;
    assert_eq!(bench.state(), BreakerState::Open);
}

#[tokio::test]
async fn refusal_of_an_inner_policy_is_not_counted() {
    let outer = Bench::new(BreakerConfig::consecutive(1));
    let inner = Bench::new(BreakerConfig::consecutive(1));
    inner.breaker.force_open();
    let call = outer.breaker.run(complete(&inner, Ok(1)));
    assert!(call.await.is_err());
    assert_eq!(outer.state(), BreakerState::Closed);
    assert_eq!(outer.breaker.snapshot(outer.now()).calls, 0);
}

#[tokio::test]
async fn dropped_call_frees_its_probe() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(1));
    let _ = complete(&bench, Err(Status::unavailable("down"))).await;
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
async fn hanging_probe_ends_with_the_timeout_of_its_call() {
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
    // The probe is in flight for three seconds, and fails.
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
async fn breaker_reads_the_clock_of_tokio() {
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
fn event_carries_the_name() {
    let breaker = Breaker::new(BreakerConfig::new()).named("Add.sum");
    let mut events = breaker.subscribe();
    breaker.force_open();
    let event = events.try_recv().expect("there was a change");
    assert_eq!((breaker.name(), event.name), ("Add.sum", "Add.sum"));
}
