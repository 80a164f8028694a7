//! When a peer asks to wait.

use super::*;

#[test]
fn a_pushback_lengthens_the_wait_and_is_never_undercut() {
    fastrand::seed(1);
    let retry = Retry::new(RetryConfig::new());
    let now = Instant::now();
    let asked = Duration::from_secs(5);
    for _ in 0..100 {
        let failed = Failed::new(Code::Unavailable).retry_after(asked);
        let wait = retry
            .begin(now)
            .after(failed, now, None, 0)
            .expect("tries again");
        assert!(
            (asked..=asked + Duration::from_millis(20)).contains(&wait),
            "{wait:?}"
        );
    }
}

#[test]
fn a_pushback_past_the_deadline_gives_up_at_once() {
    let retry = Retry::new(eager(3));
    let now = Instant::now();
    let failed = Failed::new(Code::Unavailable).retry_after(SECOND);
    let check = |deadline, expected| {
        let wait = retry.begin(now).after(failed, now, Some(deadline), 0);
        assert_eq!(wait, expected);
    };
    check(now + SECOND, None);
    check(now + SECOND + Duration::from_nanos(1), Some(SECOND));
    assert_eq!(retry.gave_up(GaveUp::Pushback), 1);
}

#[test]
fn a_pushback_is_bounded_and_the_longest_says_never() {
    let retry = Retry::new(eager(3));
    let now = Instant::now();
    let check = |asked, expected| {
        let failed = Failed::new(Code::Unavailable).retry_after(asked);
        assert_eq!(retry.begin(now).after(failed, now, None, 0), expected);
    };
    check(30 * SECOND, Some(30 * SECOND));
    check(30 * SECOND + Duration::from_nanos(1), None);
    check(Duration::MAX, None);

    let patient = Retry::new(eager(3).pushback_max(Duration::MAX));
    let failed = Failed::new(Code::Unavailable).retry_after(Duration::MAX);
    assert_eq!(
        patient.begin(now).after(failed, now, Some(now + SECOND), 0),
        None
    );
}
