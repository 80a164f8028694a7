//! Calls that wait.

use super::*;

#[tokio::test(start_paused = true)]
async fn turns_are_in_the_order_of_requests() {
    let limiter = RateLimiter::new(config(10, SECOND).burst(1).wait(Duration::from_millis(250)));
    let turn = || limiter.turn(b"", None);
    assert_eq!(turn().unwrap().wait(), Duration::ZERO);
    // That reservation was dropped, so the turn is free again.
    let turns: Vec<_> = (0..4).map_while(|_| turn().ok()).collect();
    let waits: Vec<_> = turns.iter().map(|turn| turn.wait().as_millis()).collect();
    assert_eq!(waits, [0, 100, 200]);
    assert_eq!(
        turn().unwrap_err().retry_after(),
        Some(Duration::from_millis(300))
    );
}

#[test]
fn cancelled_turn_goes_to_the_next_caller() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    reserve().start();
    let second = reserve();
    assert_eq!(second.wait(), Duration::from_millis(100));
    drop(second);
    assert_eq!(reserve().wait(), Duration::from_millis(100));
}

#[test]
fn cancelled_turn_before_others_is_not_given_again() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    reserve().start();
    let (second, third) = (reserve(), reserve());
    drop(second);
    // The third starts at 200 ms; a fourth at that turn would start with it.
    assert_eq!(third.wait(), Duration::from_millis(200));
    assert_eq!(reserve().wait(), Duration::from_millis(300));
}

#[tokio::test(start_paused = true)]
async fn caller_that_stops_waiting_returns_its_turn() {
    let limiter = RateLimiter::new(config(1, SECOND).wait(MINUTE));
    assert!(run(&limiter).await.is_ok());
    let waiting = tokio::time::timeout(SECOND / 2, run(&limiter)).await;
    assert!(waiting.is_err());
    let start = tokio::time::Instant::now();
    assert!(run(&limiter).await.is_ok());
    assert_eq!(start.elapsed(), SECOND / 2);
}

#[test]
fn waiting_call_is_queued_until_its_turn_is_used_or_returned() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    let first = reserve();
    assert_eq!(limiter.queued(), 0);
    first.start();
    let (second, third) = (reserve(), reserve());
    assert_eq!(limiter.queued(), 2);
    second.start();
    assert_eq!(limiter.queued(), 1);
    drop(third);
    assert_eq!(limiter.queued(), 0);
    assert!(limiter.admit(clock.now()).is_err());
    assert_eq!(limiter.queued(), 0);
}

#[test]
fn waiting_call_is_send() {
    fn is_send(_: impl Future + Send) {}
    let limiter = RateLimiter::new(config(1, SECOND));
    is_send(limiter.run(async { Ok::<_, Status>(()) }));
}
