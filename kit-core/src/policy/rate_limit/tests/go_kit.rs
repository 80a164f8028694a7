//! Go kit's limiters, by documented settings.

use super::*;

/// Go kit: `NewErroringLimiter`, 1 a minute, burst 1: the second call fails
/// with `ErrLimited`.
#[tokio::test(start_paused = true)]
async fn go_kit_erroring_limiter() {
    let limiter = RateLimiter::new(config(1, MINUTE).burst(1));
    assert!(run(&limiter).await.is_ok());
    let start = tokio::time::Instant::now();
    let refused = run(&limiter).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(refused.message(), "the rate limit is used up");
    assert_eq!(refused.retry_after(), Some(MINUTE));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// Go kit: `NewDelayingLimiter`, 1 a minute, burst 1, a context of 500 ms: the
/// second call fails at once, as its turn is past the deadline.
#[tokio::test(start_paused = true)]
async fn go_kit_delaying_limiter() {
    let limiter = RateLimiter::new(config(1, MINUTE).burst(1).wait(MINUTE));
    let short = Context::new().with_timeout(Duration::from_millis(500));
    assert!(short.scope(run(&limiter)).await.is_ok());
    let start = tokio::time::Instant::now();
    let refused = short.scope(run(&limiter)).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(start.elapsed(), Duration::ZERO);
    // Without the deadline it waits for its turn.
    assert!(run(&limiter).await.is_ok());
    assert_eq!(start.elapsed(), MINUTE);
}
