//! The behaviour of the limiter.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::model::code::Code;
use crate::model::context::Context;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::support::ManualClock;
use crate::telemetry::event_recorder::EventRecorder;

const WAIT: Duration = Duration::from_millis(50);

fn limiter(config: ConcurrencyConfig) -> ConcurrencyLimiter {
    ConcurrencyLimiter::new(config)
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut TaskContext::from_waker(Waker::noop()))
}

fn refusal(reason: RefusalReason) -> Refusal {
    Refusal::new(PolicyKind::Concurrency, reason)
}

#[test]
fn calls_up_to_the_limit_are_admitted() {
    let limiter = limiter(ConcurrencyConfig::new(2));
    let now = std::time::Instant::now();
    let first = limiter.admit(now).unwrap();
    let _second = limiter.admit(now).unwrap();
    assert_eq!(limiter.in_flight(), 2);
    let third = limiter.admit(now).map(drop);
    assert_eq!(third, Err(refusal(RefusalReason::QueueFull)));
    assert_eq!(limiter.refused(RefusalReason::QueueFull), 1);
    drop(first);
    assert!(limiter.admit(now).is_ok());
}

/// hystrix-go runs ten calls concurrently by default, and fails the next with
/// "max concurrency" without a wait.
#[tokio::test(start_paused = true)]
async fn hystrix_go_refuses_the_eleventh_at_once() {
    let limiter = limiter(ConcurrencyConfig::new(10));
    let mut running = Vec::new();
    for _ in 0..10 {
        running.push(limiter.acquire(None).await.unwrap());
    }
    let start = Instant::now();
    let eleventh = limiter.acquire(None).await.map(drop);
    assert_eq!(eleventh, Err(refusal(RefusalReason::QueueFull)));
    assert_eq!((start.elapsed(), limiter.queued()), (Duration::ZERO, 0));
    running.pop();
    assert!(limiter.acquire(None).await.is_ok());
}

#[test]
fn refusal_is_unavailable() {
    let status = Status::from(refusal(RefusalReason::QueueFull));
    assert_eq!(status.code(), Code::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn call_waits_at_most_the_configured_time() {
    let limiter = limiter(ConcurrencyConfig::new(1).queue(1).wait(WAIT));
    let _inside = limiter.acquire(None).await.unwrap();
    let start = Instant::now();
    let waited = limiter.acquire(None).await.map(drop);
    assert_eq!(waited, Err(refusal(RefusalReason::WaitedTooLong)));
    assert_eq!(start.elapsed(), WAIT);
    assert_eq!(limiter.queued(), 0);
    assert_eq!(limiter.refused(RefusalReason::WaitedTooLong), 1);
}

#[tokio::test(start_paused = true)]
async fn call_waits_at_most_until_its_deadline() {
    let limiter = limiter(ConcurrencyConfig::new(1).queue(1).wait(WAIT));
    let _inside = limiter.acquire(None).await.unwrap();
    let cx = Context::new().with_timeout(WAIT / 2);
    let start = Instant::now();
    let refused = cx.scope(limiter.run(async { Ok::<_, Status>(()) })).await;
    assert_eq!(
        refused.unwrap_err().refusal(),
        Some(&refusal(RefusalReason::WaitedTooLong))
    );
    assert_eq!(start.elapsed(), WAIT / 2);
}

#[test]
fn queue_is_in_order() {
    let limiter = limiter(ConcurrencyConfig::new(1).queue(2));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let running = limiter.admit(std::time::Instant::now()).unwrap();
    let mut first = pin!(limiter.acquire(None));
    let mut second = pin!(limiter.acquire(None));
    let mut third = pin!(limiter.acquire(None));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());
    assert!(matches!(poll(third.as_mut()), Poll::Ready(Err(_))));
    assert_eq!((limiter.in_flight(), limiter.queued()), (1, 2));
    drop(running);
    assert!(poll(second.as_mut()).is_pending());
    let Poll::Ready(Ok(permit)) = poll(first.as_mut()) else {
        panic!("the first is admitted");
    };
    // No call is admitted before those that wait.
    assert!(limiter.admit(std::time::Instant::now()).is_err());
    drop(permit);
    assert!(matches!(poll(second.as_mut()), Poll::Ready(Ok(_))));
    assert_eq!((limiter.in_flight(), limiter.queued()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn cancelled_waiter_passes_its_place_on() {
    let limiter = limiter(ConcurrencyConfig::new(1).queue(2));
    let running = limiter.acquire(None).await.unwrap();
    let mut second = Box::pin(limiter.acquire(None));
    let mut third = Box::pin(limiter.acquire(None));
    assert!(poll(second.as_mut()).is_pending());
    assert!(poll(third.as_mut()).is_pending());
    // The second is admitted, and dropped before it is polled.
    drop(running);
    drop(second);
    assert!(matches!(poll(third.as_mut()), Poll::Ready(Ok(_))));
}

#[tokio::test(start_paused = true)]
async fn lowered_limit_lets_running_calls_complete() {
    let limiter = limiter(ConcurrencyConfig::new(3).queue(1));
    let now = std::time::Instant::now();
    let mut running: Vec<_> = (0..3).map(|_| limiter.admit(now).unwrap()).collect();
    limiter
        .configure(ConcurrencyConfig::new(1).queue(1))
        .unwrap();
    assert_eq!((limiter.in_flight(), limiter.limit()), (3, 1));
    let mut waiting = pin!(limiter.acquire(None));
    assert!(poll(waiting.as_mut()).is_pending());
    running.pop();
    running.pop();
    assert!(poll(waiting.as_mut()).is_pending());
    running.pop();
    assert!(matches!(poll(waiting.as_mut()), Poll::Ready(Ok(_))));
}

#[tokio::test(start_paused = true)]
async fn raised_limit_admits_waiting_calls() {
    let limiter = Arc::new(limiter(ConcurrencyConfig::new(1).queue(3)));
    let _inside = limiter.acquire(None).await.unwrap();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let limiter = Arc::clone(&limiter);
            tokio::spawn(async move {
                let _permit = limiter.acquire(None).await.unwrap();
                pending::<()>().await;
            })
        })
        .collect();
    while limiter.queued() < 3 {
        tokio::task::yield_now().await;
    }
    limiter
        .configure(ConcurrencyConfig::new(3).queue(3))
        .unwrap();
    assert_eq!((limiter.in_flight(), limiter.queued()), (3, 1));
    for task in &waiting {
        task.abort();
    }
}

#[test]
fn each_change_of_the_limit_is_one_event() {
    let events = EventRecorder::start();
    let limiter = limiter(ConcurrencyConfig::new(3)).named("test.Narrow.call");
    let now = std::time::Instant::now();
    let running: Vec<_> = (0..4).map(|_| limiter.admit(now)).collect();
    drop(running);
    assert_eq!(events.take(), [""; 0]);
    let wide = ConcurrencyConfig::new(8);
    limiter.configure(wide).unwrap();
    let event = "DEBUG policy=concurrency name=test.Narrow.call from=3 to=8";
    assert_eq!(events.take(), [event]);
    // Another configuration with the same limit.
    limiter.configure(wide.queue(5)).unwrap();
    assert_eq!(events.take(), [""; 0]);
}

#[test]
fn invalid_value_is_an_error() {
    let problem = |config: ConcurrencyConfig| config.check().unwrap_err().problem();
    let adaptive = ConcurrencyConfig::adaptive();
    let cases = [
        (ConcurrencyConfig::new(0), "`limit` must be at least 1"),
        (
            ConcurrencyConfig::new(9).max(20),
            "`min` and `max` are for an `adaptive` limit",
        ),
        (
            ConcurrencyConfig::new(9).algorithm(AdaptiveLimit::Vegas),
            "`algorithm` is for an `adaptive` limit",
        ),
        (adaptive.min(0), "`min` must be at least 1"),
        (adaptive.min(300), "`max` must be at least `min`"),
        (
            adaptive.queue(1).wait(Duration::ZERO),
            "`wait` must be longer than zero where there is a `queue`",
        ),
    ];
    for (config, expected) in cases {
        assert_eq!(problem(config), expected);
    }
    assert_eq!(adaptive.check(), Ok(()));
    assert_eq!(ConcurrencyConfig::new(1).check(), Ok(()));
}

#[test]
fn adaptive_limit_uses_completions() {
    let clock = ManualClock::new();
    let config = ConcurrencyConfig::adaptive()
        .algorithm(AdaptiveLimit::Aimd)
        .min(1)
        .max(10);
    let limiter = ConcurrencyLimiter::with_clock(config, clock.clock());
    assert_eq!(limiter.limit(), 10);
    let end = |code| {
        let others: Vec<_> = (0..limiter.limit() / 2)
            .map(|_| limiter.admit(clock.now()).unwrap())
            .collect();
        limiter
            .admit(clock.now())
            .unwrap()
            .record(code, clock.now());
        drop(others);
        limiter.limit()
    };
    assert_eq!(end(Code::DeadlineExceeded), 9);
    assert_eq!(end(Code::ResourceExhausted), 8);
    assert_eq!(end(Code::Internal), 8);
    assert_eq!(end(Code::Cancelled), 8);
    assert_eq!(end(Code::NotFound), 9);
    assert_eq!(end(Code::Ok), 10);
    // Given up: the limit is unchanged, and the place is free.
    drop(limiter.admit(clock.now()).unwrap());
    assert_eq!((limiter.limit(), limiter.in_flight()), (10, 0));
}

#[tokio::test(start_paused = true)]
async fn refusal_by_an_inner_policy_does_not_affect_the_limit() {
    let config = ConcurrencyConfig::adaptive().algorithm(AdaptiveLimit::Aimd);
    let limiter = limiter(config);
    let refused = Status::from(refusal(RefusalReason::QueueFull));
    let outcome = limiter.run(async { Err::<(), _>(refused) }).await;
    assert!(outcome.is_err());
    assert_eq!(limiter.limit(), 20);
    let outcome = limiter
        .run(async { Err::<(), _>(Status::unavailable("down")) })
        .await;
    assert!(outcome.is_err());
    assert_eq!(limiter.limit(), 18);
}

#[test]
fn live_change_keeps_the_adaptive_state_unless_the_algorithm_changes() {
    let adaptive = ConcurrencyConfig::adaptive().algorithm(AdaptiveLimit::Aimd);
    let limiter = limiter(adaptive);
    let now = std::time::Instant::now();
    limiter.admit(now).unwrap().record(Code::Unavailable, now);
    assert_eq!(limiter.limit(), 18);
    limiter.configure(adaptive.max(300)).unwrap();
    assert_eq!(limiter.limit(), 18);
    limiter.configure(adaptive.max(10)).unwrap();
    assert_eq!(limiter.limit(), 10);
    limiter.configure(ConcurrencyConfig::new(7)).unwrap();
    assert_eq!((limiter.limit(), limiter.is_adaptive()), (7, false));
    limiter.configure(ConcurrencyConfig::adaptive()).unwrap();
    assert_eq!((limiter.limit(), limiter.is_adaptive()), (20, true));
}

#[test]
fn waiting_call_is_send() {
    fn is_send(_: impl Future + Send) {}
    let limiter = limiter(ConcurrencyConfig::new(1));
    is_send(limiter.run(async { Ok::<_, Status>(()) }));
}
