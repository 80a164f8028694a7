//! The order of a plain function's chain: that of a client, independent of the
//! textual order.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use kit::policy::{PolicyKind, RefusalReason};
use kit::{Code, Status};
use tokio::time::{Instant, advance};

/// Enough calls that a throttle drops most of them.
const MANY: u32 = 300;

fn count(calls: &AtomicU32) -> u32 {
    calls.fetch_add(1, Ordering::Relaxed) + 1
}

fn no_peer() -> Result<u32, Status> {
    Err(Status::unavailable("down"))
}

fn refused<T>(outcome: Result<T, Status>) -> Option<(PolicyKind, RefusalReason)> {
    let error = outcome.err()?;
    let refusal = error.refusal()?;
    Some((refusal.policy(), refusal.reason()))
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

#[kit::throttle(k = 1.0, min_calls = 1)]
#[kit::fallback(seven)]
async fn dropped() -> Result<u32, Status> {
    count(&DROPPED);
    no_peer()
}

async fn seven(_: Status) -> Result<u32, Status> {
    Ok(7)
}

#[tokio::test(start_paused = true)]
async fn a_fallback_replaces_a_throttled_call() {
    for _ in 0..MANY {
        assert_eq!(dropped().await.ok(), Some(7));
    }
    let made = DROPPED.load(Ordering::Relaxed);
    assert!(made < MANY / 2, "{made} of {MANY} were made");
}

#[kit::concurrency(1)]
#[kit::breaker(failures = 9)]
#[kit::timeout("50ms")]
#[kit::fallback(later)]
async fn hangs() -> Result<u32, Status> {
    pending().await
}

async fn later(error: Status) -> Result<u32, Status> {
    assert_eq!(error.code(), Code::DeadlineExceeded);
    Ok(8)
}

#[tokio::test(start_paused = true)]
async fn a_fallback_replaces_a_timeout() {
    let began = Instant::now();
    assert_eq!(hangs().await.ok(), Some(8));
    assert_eq!(began.elapsed(), Duration::from_millis(50));
}

static UP: AtomicBool = AtomicBool::new(true);
static CALLS: AtomicU32 = AtomicU32::new(0);

#[kit::throttle(k = 1.0, min_calls = 1)]
#[kit::cache(ttl = "1h")]
async fn remembered(id: u32) -> Result<u32, Status> {
    count(&CALLS);
    match UP.load(Ordering::Relaxed) {
        true => Ok(id + 1),
        false => no_peer(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_cache_serves_while_a_throttle_drops() {
    // If cache hits were counted as accepted, the throttle would pass as many
    // failures.
    for _ in 0..100 * MANY {
        assert_eq!(remembered(0).await.ok(), Some(1));
    }
    UP.store(false, Ordering::Relaxed);
    for id in 1..MANY {
        assert!(remembered(id).await.is_err());
    }
    let calls = CALLS.load(Ordering::Relaxed);
    assert!(calls < MANY / 2, "{calls} of {MANY} calls were made");
    for _ in 0..MANY {
        assert_eq!(remembered(0).await.ok(), Some(1));
    }
}

static TRIED: AtomicU32 = AtomicU32::new(0);

#[kit::retry(attempts = 3, backoff = "1ms..2ms", budget = 1.0)]
#[kit::throttle(k = 1.0, min_calls = 1)]
async fn tried() -> Result<u32, Status> {
    count(&TRIED);
    no_peer()
}

#[tokio::test(start_paused = true)]
async fn a_throttle_drops_calls_and_not_attempts() {
    assert!(tried().await.is_err());
    // The first call is always made, with all of its attempts.
    assert_eq!(TRIED.load(Ordering::Relaxed), 3);
}

static PACED: AtomicU32 = AtomicU32::new(0);

#[kit::rate_limit("2/h")]
#[kit::retry(attempts = 9, backoff = "1ms..2ms", budget = 9.0)]
async fn paced() -> Result<u32, Status> {
    count(&PACED);
    no_peer()
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_counts_attempts_and_its_refusal_is_not_retried() {
    let error = refused(paced().await);
    let expected = (PolicyKind::RateLimit, RefusalReason::RateExceeded);
    assert_eq!(error, Some(expected));
    assert_eq!(PACED.load(Ordering::Relaxed), 2);
}

static BROKEN: AtomicU32 = AtomicU32::new(0);

#[kit::rate_limit("2/h")]
#[kit::breaker(failures = 1, open = "1s", probes = 1)]
async fn broken() -> Result<u32, Status> {
    match count(&BROKEN) {
        1 => no_peer(),
        call => Ok(call),
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_refuses_before_a_rate_limit_counts() {
    assert!(broken().await.is_err());
    for _ in 0..MANY {
        let policy = refused(broken().await).map(|(policy, _)| policy);
        assert_eq!(policy, Some(PolicyKind::Breaker));
    }
    advance(Duration::from_secs(2)).await;
    assert_eq!(broken().await.ok(), Some(2));
    let policy = refused(broken().await).map(|(policy, _)| policy);
    assert_eq!(policy, Some(PolicyKind::RateLimit));
}

#[kit::concurrency(1)]
#[kit::rate_limit("2/h")]
async fn crowded(waits: bool) -> Result<u32, Status> {
    match waits {
        true => pending().await,
        false => Ok(1),
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_counts_calls_that_the_concurrency_limit_refuses() {
    let mut inside = Box::pin(crowded(true));
    tokio::select! {
        biased;
        _ = &mut inside => unreachable!("it never ends"),
        second = crowded(false) => {
            let policy = refused(second).map(|(policy, _)| policy);
            assert_eq!(policy, Some(PolicyKind::Concurrency));
        }
    }
    drop(inside);
    // A permit is free again, and both calls of the hour are used up.
    let policy = refused(crowded(false).await).map(|(policy, _)| policy);
    assert_eq!(policy, Some(PolicyKind::RateLimit));
}
