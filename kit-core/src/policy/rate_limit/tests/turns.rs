//! Calls that wait.

use super::*;

#[tokio::test(start_paused = true)]
async fn turns_are_given_in_the_order_of_asking() {
    let limiter = RateLimiter::new(config(10, SECOND).burst(1).wait(Duration::from_millis(250)));
    let turn = || limiter.turn(b"", None);
    assert_eq!(turn().unwrap().wait(), Duration::ZERO);
    // Those were dropped, so the turn is there again.
    let turns: Vec<_> = (0..4).map_while(|_| turn().ok()).collect();
    let waits: Vec<_> = turns.iter().map(|turn| turn.wait().as_millis()).collect();
    assert_eq!(waits, [0, 100, 200]);
    assert_eq!(
        turn().unwrap_err().retry_after(),
        Some(Duration::from_millis(300))
    );
}

#[test]
fn a_cancelled_turn_goes_to_the_next_caller() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    reserve().start();
    let second = reserve();
    assert_eq!(second.wait(), Duration::from_millis(100));
    drop(second);
    assert_eq!(reserve().wait(), Duration::from_millis(100));
}

#[test]
fn a_turn_that_others_queue_behind_is_not_given_twice() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    reserve().start();
    let (second, third) = (reserve(), reserve());
    drop(second);
    // The third starts at 200 ms; a fourth in its turn would start with it.
    assert_eq!(third.wait(), Duration::from_millis(200));
    assert_eq!(reserve().wait(), Duration::from_millis(300));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_stops_waiting_gives_its_turn_back() {
    let limiter = RateLimiter::new(config(1, SECOND).wait(MINUTE));
    assert!(run(&limiter).await.is_ok());
    let waiting = tokio::time::timeout(SECOND / 2, run(&limiter)).await;
    assert!(waiting.is_err());
    let start = tokio::time::Instant::now();
    assert!(run(&limiter).await.is_ok());
    assert_eq!(start.elapsed(), SECOND / 2);
}

#[test]
fn who_waits_is_counted_until_the_turn_is_used_or_given_back() {
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
fn a_waiting_call_can_move_between_threads() {
    fn is_send(_: impl Future + Send) {}
    let limiter = RateLimiter::new(config(1, SECOND));
    is_send(limiter.run(async { Ok::<_, Status>(()) }));
}
