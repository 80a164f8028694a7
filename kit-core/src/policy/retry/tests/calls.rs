//! Whole calls on a paused clock.

use super::*;
use crate::telemetry::event_recorder::EventRecorder;

#[tokio::test]
async fn each_retry_is_one_event_and_so_is_that_there_is_no_other() {
    let traced = EventRecorder::start();
    let retry = Retry::new(eager(2)).named("test.Flaky.call");
    let call = |failures, error| {
        let flaky = Arc::new(Flaky::default()).endpoint(failures, error);
        let endpoint = Chain::new(&retry, flaky);
        async move { Endpoint::<Echo>::call(&endpoint, &Context::new(), 7).await }
    };
    let again = "DEBUG policy=retry name=test.Flaky.call attempt=1 code=unavailable wait_ms=0.0";
    let no_other =
        "DEBUG policy=retry name=test.Flaky.call attempt=2 code=unavailable reason=attempts";
    assert!(call(1, Status::unavailable("down")).await.is_ok());
    assert_eq!(traced.take(), [again]);
    assert!(call(2, Status::unavailable("down")).await.is_err());
    assert_eq!(traced.take(), [again, no_other]);
    // An answer is not tried again, and nothing was given up.
    assert!(call(2, Status::not_found("none")).await.is_err());
    assert_eq!(traced.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_says_how_many_were_before_it() {
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
async fn a_slow_attempt_is_cut_and_tried_again() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let slow_once = EndpointFn::new(move |_: Context, request: u32| {
        let call = counted.fetch_add(1, Ordering::Relaxed);
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
async fn the_last_attempt_that_is_cut_says_so() {
    let never = EndpointFn::new(|_: Context, _: u32| std::future::pending());
    let config = eager(3).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), never);
    let start = tokio::time::Instant::now();
    let status = Endpoint::<Echo>::call(&endpoint, &Context::new(), 7)
        .await
        .expect_err("never answers");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        status.message(),
        "no response within 50ms, the limit of one attempt"
    );
    assert_eq!(start.elapsed(), Duration::from_millis(150));
}

#[tokio::test(start_paused = true)]
async fn attempts_end_with_the_calls_deadline() {
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
async fn waits_take_their_time() {
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
async fn a_function_is_tried_again_with_the_ambient_deadline_and_count() {
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
