//! Waits requested by the peer.

use super::*;

#[test]
fn pushback_extends_the_wait() {
    fastrand::seed(1);
    let retry = Retry::new(RetryConfig::new());
    let now = Instant::now();
    let requested = Duration::from_secs(5);
    for _ in 0..100 {
        let failed = Failed::new(Code::Unavailable).retry_after(requested);
        let wait = retry
            .begin(now)
            .after(failed, now, None, 0)
            .expect("retries");
        assert!(
            (requested..=requested + Duration::from_millis(20)).contains(&wait),
            "{wait:?}"
        );
    }
}

#[test]
fn pushback_past_the_deadline_gives_up_at_once() {
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
fn pushback_is_bounded_and_the_maximum_means_never() {
    let retry = Retry::new(eager(3));
    let now = Instant::now();
    let check = |requested, expected| {
        let failed = Failed::new(Code::Unavailable).retry_after(requested);
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
