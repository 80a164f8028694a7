//! Changes of the configuration while calls are running.

use super::*;

#[test]
fn live_change_keeps_the_calls_taken() {
    let (limiter, clock) = manual(config(10, SECOND));
    assert_eq!(passed(4, || limiter.admit(clock.now())), 4);
    limiter.configure(config(100, SECOND).burst(10)).unwrap();
    assert_eq!(limiter.quota(clock.now()).remaining, 6);
    limiter.configure(config(1, MINUTE).burst(10)).unwrap();
    assert_eq!(limiter.quota(clock.now()).remaining, 6);
    // A smaller bucket is empty, but not overdrawn.
    limiter.configure(config(10, SECOND).burst(2)).unwrap();
    let refusal = limiter.admit(clock.now()).unwrap_err();
    assert_eq!(refusal.retry_after(), Some(Duration::from_millis(100)));
    assert_eq!(limiter.config(), config(10, SECOND).burst(2));
}

#[test]
fn live_change_applies_to_every_key() {
    let each = |count| config(count, SECOND).burst(4).key(RateLimitKey::Peer);
    let (limiter, clock) = manual(each(1));
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 4);
    assert_eq!(passed(1, || limiter.admit_key(b"b", clock.now())), 1);
    limiter.configure(each(10)).unwrap();
    assert_eq!(limiter.quota_of(b"a", clock.now()).remaining, 0);
    assert_eq!(limiter.quota_of(b"b", clock.now()).remaining, 3);
    clock.advance(Duration::from_millis(100));
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 1);
    assert_eq!(passed(9, || limiter.admit_key(b"b", clock.now())), 4);
}

#[test]
fn total_can_be_added_and_removed() {
    let each = config(100, SECOND).key(RateLimitKey::Peer);
    let (limiter, clock) = manual(each);
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 9);
    limiter.configure(each.total(Rate::new(3, MINUTE))).unwrap();
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 3);
    limiter.configure(each).unwrap();
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 9);
}

#[test]
fn change_that_needs_a_new_limiter_changes_nothing() {
    let each = config(1, SECOND).key(RateLimitKey::Peer);
    let (limiter, _) = manual(each);
    let refused = |config| limiter.configure(config).unwrap_err().problem();
    assert_eq!(
        refused(config(9, SECOND)),
        "`key` must stay as it is while the limiter runs"
    );
    assert_eq!(
        refused(each.max_keys(5)),
        "`max_keys` must stay as it is while the limiter runs"
    );
    assert_eq!(refused(each.burst(0)), "`burst` must be at least 1");
    assert_eq!(limiter.config(), each);
}
