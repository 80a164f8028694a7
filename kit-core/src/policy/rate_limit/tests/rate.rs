//! One limit for everyone.

use super::*;

#[test]
fn a_burst_passes_at_once_and_then_the_rate() {
    let (limiter, clock) = manual(config(10, SECOND).burst(3));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 3);
    clock.advance(Duration::from_millis(99));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 0);
    clock.advance(Duration::from_millis(1));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 1);
    clock.advance(MINUTE);
    assert_eq!(passed(50, || limiter.admit(clock.now())), 3);
    assert_eq!(limiter.refused(), 2 + 5 + 4 + 47);
}

#[test]
fn a_refusal_says_when_to_come_back_and_what_the_limit_is() {
    let (limiter, clock) = manual(config(100, SECOND).burst(2));
    assert_eq!(passed(2, || limiter.admit(clock.now())), 2);
    clock.advance(Duration::from_millis(4));
    let refusal = limiter.admit(clock.now()).unwrap_err();
    let expected = Refusal::new(PolicyKind::RateLimit, RefusalReason::RateExceeded)
        .with_retry_after(Duration::from_millis(6))
        .with_quota(Quota {
            limit: 100,
            window: SECOND,
            remaining: 0,
            reset: Duration::from_millis(6),
        });
    assert_eq!(refusal, expected);
    assert_eq!(Status::from(refusal).code(), Code::ResourceExhausted);
    clock.advance(Duration::from_millis(6));
    assert!(limiter.admit(clock.now()).is_ok());
}

#[test]
fn a_refusal_writes_nothing() {
    let (limiter, clock) = manual(config(1, SECOND));
    assert!(limiter.admit(clock.now()).is_ok());
    clock.advance(SECOND / 2);
    let before = limiter.quota(clock.now());
    assert_eq!(passed(1000, || limiter.admit(clock.now())), 0);
    assert_eq!(limiter.quota(clock.now()), before);
    clock.advance(SECOND / 2);
    assert!(limiter.admit(clock.now()).is_ok());
}

#[test]
fn a_quota_tells_what_is_left() {
    let (limiter, clock) = manual(config(10, SECOND).burst(5));
    let quota = |remaining, reset| Quota {
        limit: 10,
        window: SECOND,
        remaining,
        reset: Duration::from_millis(reset),
    };
    assert_eq!(limiter.quota(clock.now()), quota(5, 0));
    assert_eq!(passed(2, || limiter.admit(clock.now())), 2);
    assert_eq!(limiter.quota(clock.now()), quota(3, 100));
    clock.advance(Duration::from_millis(30));
    assert_eq!(limiter.quota(clock.now()), quota(3, 70));
    clock.advance(Duration::from_millis(170));
    assert_eq!(limiter.quota(clock.now()), quota(5, 0));
}

#[test]
fn a_dear_call_takes_as_many_as_it_costs() {
    let (limiter, clock) = manual(config(10, SECOND).cost(4));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 2);
    let refusal = limiter.admit(clock.now()).unwrap_err();
    assert_eq!(refusal.retry_after(), Some(Duration::from_millis(200)));
}

#[test]
fn a_time_from_before_the_limiter_counts_as_its_start() {
    let early = Instant::now();
    let (limiter, clock) = manual(config(1, SECOND));
    assert!(limiter.admit(early).is_ok());
    assert!(limiter.admit(clock.now()).is_err());
}
