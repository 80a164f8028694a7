//! Whole calls, with a paused clock.

use super::*;
use crate::telemetry::event_recorder::EventRecorder;

#[tokio::test]
async fn retrying_and_giving_up_are_one_event_each() {
    let events = EventRecorder::start();
    let retry = Retry::new(eager(2)).named("test.Flaky.call");
    let call = |failures, error| {
        let flaky = Arc::new(Flaky::default()).endpoint(failures, error);
        let endpoint = Chain::new(&retry, flaky);
        async move { Endpoint::<Echo>::call(&endpoint, &Context::new(), 7).await }
    };
    let again = "DEBUG policy=retry name=test.Flaky.call attempt=1 code=unavailable wait_ms=0.0";
    let gave_up =
        "DEBUG policy=retry name=test.Flaky.call attempt=2 code=unavailable reason=attempts";
    assert!(call(1, Status::unavailable("down")).await.is_ok());
    assert_eq!(events.take(), [again]);
    assert!(call(2, Status::unavailable("down")).await.is_err());
    assert_eq!(events.take(), [again, gave_up]);
    // A response is not retried, and the policy did not give up.
    assert!(call(2, Status::not_found("none")).await.is_err());
    assert_eq!(events.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_the_number_of_previous_ones() {
    let flaky = Arc::new(Flaky::default());
    let endpoint = Chain::new(
        Retry::new(eager(3)),
        flaky.endpoint(2, Status::unavailable("")),
    );
    let outcome = endpoint.call(&Context::new(), 7).await;
    assert_eq!(outcome.ok(), Some(7));
    assert_eq!(*flaky.seen.lock().expect("unpoisoned"), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn slow_attempt_is_ended_and_retried() {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let slow_once = EndpointFn::new(move |_: Context, request: u32| {
        let call = counter.fetch_add(1, Ordering::Relaxed);
        async move {
            if call == 0 {
                std::future::pending::<()>().await;
            }
            Ok(request)
        }
    });
    let config = eager(2).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), slow_once);
    let start = tokio::time::Instant::now();
    let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), 7).await;
    assert_eq!(outcome.ok(), Some(7));
    assert_eq!(start.elapsed(), Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn timeout_of_the_last_attempt_is_the_error() {
    let never = EndpointFn::new(|_: Context, _: u32| std::future::pending());
    let config = eager(3).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), never);
    let start = tokio::time::Instant::now();
    let status = Endpoint::<Echo>::call(&endpoint, &Context::new(), 7)
        .await
        .expect_err("never responds");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        status.message(),
        "no response within 50ms, the limit of one attempt"
    );
    assert_eq!(start.elapsed(), Duration::from_millis(150));
}

#[tokio::test(start_paused = true)]
async fn attempts_end_at_the_deadline_of_the_call() {
    let never = EndpointFn::new(|_: Context, _: u32| std::future::pending());
    let config = eager(9).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), never);
    let start = tokio::time::Instant::now();
    let cx = Context::new().with_timeout(Duration::from_millis(120));
    let outcome = Endpoint::<Echo>::call(&endpoint, &cx, 7).await;
    assert_eq!(
        outcome.map_err(|status| status.code()),
        Err(Code::DeadlineExceeded)
    );
    assert_eq!(start.elapsed(), Duration::from_millis(120));
}

#[tokio::test(start_paused = true)]
async fn wait_delays_the_next_attempt() {
    fastrand::seed(3);
    let flaky = Arc::new(Flaky::default());
    let error = Status::unavailable("").with_retry_after(SECOND);
    let retry = Retry::new(RetryConfig::new());
    let endpoint = Chain::new(&retry, flaky.endpoint(1, error));
    let start = tokio::time::Instant::now();
    assert_eq!(endpoint.call(&Context::new(), 7).await.ok(), Some(7));
    let took = start.elapsed();
    // Tokio's timer has the resolution of a millisecond.
    assert!(
        (SECOND..=SECOND + Duration::from_millis(21)).contains(&took),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn function_is_retried_with_the_current_deadline_and_count() {
    let retry = Retry::new(eager(5).budget(0.0));
    let mut seen = Vec::new();
    let cx = Context::new().with_timeout(SECOND);
    let outcome: Result<u32, Status> = cx
        .scope(retry.run(|| {
            let cx = Context::current();
            assert!(cx.deadline().is_some());
            seen.push(cx.previous_attempts());
            let last = seen.len() == 3;
            async move {
                if last {
                    Ok(7)
                } else {
                    Err(Status::unavailable(""))
                }
            }
        }))
        .await;
    assert_eq!(outcome.ok(), Some(7));
    assert_eq!(seen, [0, 1, 2]);
}
