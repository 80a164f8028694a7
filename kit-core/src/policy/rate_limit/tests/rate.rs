//! One limit for all calls.

use super::*;

#[test]
fn burst_passes_at_once_and_then_the_rate() {
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
fn refusal_has_the_retry_time_and_the_quota() {
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
fn refusal_changes_nothing() {
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
fn quota_has_what_remains() {
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
fn call_takes_its_cost() {
    let (limiter, clock) = manual(config(10, SECOND).cost(4));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 2);
    let refusal = limiter.admit(clock.now()).unwrap_err();
    assert_eq!(refusal.retry_after(), Some(Duration::from_millis(200)));
}

#[test]
fn time_before_the_limiter_counts_as_its_start() {
    let early = Instant::now();
    let (limiter, clock) = manual(config(1, SECOND));
    assert!(limiter.admit(early).is_ok());
    assert!(limiter.admit(clock.now()).is_err());
}
