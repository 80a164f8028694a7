//! Policies of plain functions, in paused time.

use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kit::metrics::Side;
use kit::policy::RefusalReason;
use kit::policy::breaker::BreakerState;
use kit::{Code, Context, Status};
use tokio::time::{Instant, sleep, timeout};

static CALLS: AtomicU32 = AtomicU32::new(0);

/// Fails immediately, and is retried until its timeout.
#[kit::timeout("1s")]
#[kit::retry(attempts = 100, backoff = "300ms", budget = 100)]
async fn fetch() -> Result<(), Status> {
    CALLS.fetch_add(1, Ordering::SeqCst);
    Err(Status::unavailable("closed"))
}

#[tokio::test(start_paused = true)]
async fn a_timeout_covers_all_attempts() {
    let start = Instant::now();
    assert!(fetch().await.is_err());
    assert!(start.elapsed() <= Duration::from_secs(1));
    let calls = CALLS.load(Ordering::SeqCst);
    assert!((2..100).contains(&calls), "{calls} calls");
}

/// Never answers.
#[kit::breaker(failures = 2, open = "1h")]
#[kit::timeout("50ms")]
async fn hang() -> Result<(), Status> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_breaker_counts_function_timeouts() {
    for _ in 0..2 {
        let start = Instant::now();
        let error = hang().await.expect_err("no answer");
        assert_eq!(error.code(), Code::DeadlineExceeded);
        assert_eq!(error.message(), "`hang` did not end within 50ms");
        assert_eq!(start.elapsed(), Duration::from_millis(50));
    }
    let error = hang().await.expect_err("a refusal");
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.refusal().is_some(), "{error:?}");

    // The metrics show it as a client method of the service `functions`.
    let snapshots = kit::metrics::policies_snapshot();
    let name = concat!(module_path!(), "::hang");
    let mut of_hang = snapshots.iter().filter(|snapshot| snapshot.method == name);
    let snapshot = of_hang.next().expect("its policies");
    assert_eq!(
        (snapshot.service, snapshot.side),
        ("functions", Side::Client)
    );
    assert_eq!(snapshot.breakers, [(BreakerState::Open, 1)]);
    assert_eq!(snapshot.refused, [(RefusalReason::Open, 1)]);
}

/// Returns the deadline that its callees inherit.
#[kit::timeout("50ms")]
async fn deadline() -> Result<Option<Instant>, Status> {
    Ok(Context::current().deadline())
}

#[tokio::test(start_paused = true)]
async fn a_nested_call_inherits_the_deadline_of_a_function() {
    let expected = Instant::now() + Duration::from_millis(50);
    assert_eq!(deadline().await.expect("an answer"), Some(expected));
    let sooner = Instant::now() + Duration::from_millis(20);
    let cx = Context::new().with_deadline(sooner);
    let seen = cx.scope(deadline()).await.expect("an answer");
    assert_eq!(seen, Some(sooner));
}

/// Replaces a failure by its code.
async fn code_of(error: Status) -> Result<Code, Status> {
    Ok(error.code())
}

#[kit::timeout("50ms")]
#[kit::fallback(code_of)]
async fn fetch_or_fallback() -> Result<Code, Status> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_fallback_runs_after_a_timeout() {
    let start = Instant::now();
    let answer = fetch_or_fallback().await.expect("an answer");
    assert_eq!(answer, Code::DeadlineExceeded);
    assert_eq!(start.elapsed(), Duration::from_millis(50));
}

/// Responds long after the call that it replaces has ended.
async fn stale(_: bool, _: Status) -> Result<&'static str, Status> {
    sleep(Duration::from_secs(1)).await;
    Ok("stale")
}

#[kit::timeout("50ms")]
#[kit::concurrency(1)]
#[kit::fallback(stale)]
async fn one_at_a_time(hangs: bool) -> Result<&'static str, Status> {
    match hangs {
        true => pending().await,
        false => Ok("fresh"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_timed_out_call_releases_its_permit_before_its_fallback_ends() {
    let second = async {
        sleep(Duration::from_millis(100)).await;
        one_at_a_time(false).await.ok()
    };
    let (first, second) = tokio::join!(one_at_a_time(true), second);
    assert_eq!((first.ok(), second), (Some("stale"), Some("fresh")));
}

static LOADED: AtomicU32 = AtomicU32::new(0);

/// Hangs at the first call only.
#[kit::timeout("50ms")]
#[kit::cache(ttl = "1h", coalesce)]
#[kit::retry(attempts = 2)]
#[kit::fallback(stale)]
async fn load(_by_name: bool) -> Result<&'static str, Status> {
    match LOADED.fetch_add(1, Ordering::SeqCst) {
        0 => pending().await,
        _ => Ok("fresh"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_coalesced_caller_calls_again_after_the_leader_times_out() {
    let start = Instant::now();
    let follower = async {
        sleep(Duration::from_millis(40)).await;
        (load(true).await.ok(), start.elapsed())
    };
    let (leader, follower) = tokio::join!(load(true), follower);
    assert_eq!(leader.ok(), Some("stale"));
    assert_eq!(follower, (Some("fresh"), Duration::from_millis(50)));
    assert_eq!(LOADED.load(Ordering::SeqCst), 2);
}

/// The deadlines in the context of function bodies when they were dropped.
static DROPPED: Mutex<Vec<Option<Instant>>> = Mutex::new(Vec::new());

struct RecordsDrop;

impl Drop for RecordsDrop {
    fn drop(&mut self) {
        let mut dropped = DROPPED.lock().expect("no test panics with it");
        dropped.push(Context::current().deadline());
    }
}

#[kit::timeout("50ms")]
async fn hang_with_a_guard() -> Result<(), Status> {
    let _guard = RecordsDrop;
    pending().await
}

#[kit::timeout("50ms")]
#[kit::retry(attempts = 2)]
async fn hang_with_a_guard_in_a_plan() -> Result<(), Status> {
    let _guard = RecordsDrop;
    pending().await
}

#[tokio::test(start_paused = true)]
async fn a_function_is_dropped_within_its_context() {
    let deadline = Some(Instant::now() + Duration::from_millis(50));
    let both = tokio::join!(hang_with_a_guard(), hang_with_a_guard_in_a_plan());
    assert!(both.0.is_err() && both.1.is_err());
    assert_eq!(
        std::mem::take(&mut *DROPPED.lock().expect("no panic")),
        [deadline; 2]
    );

    let deadline = Some(Instant::now() + Duration::from_millis(50));
    let cancelled = async { tokio::join!(hang_with_a_guard(), hang_with_a_guard_in_a_plan()) };
    let cancelled = timeout(Duration::from_millis(10), cancelled).await;
    assert!(cancelled.is_err());
    assert_eq!(*DROPPED.lock().expect("no panic"), [deadline; 2]);
}
