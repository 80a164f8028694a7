//! Which failures are retried, and at what cost.

use super::*;

#[test]
fn each_invalid_value_is_named() {
    let check = |config: RetryConfig, key: &str| {
        let invalid = config.check().expect_err(key);
        assert!(invalid.problem().starts_with(key), "{invalid}");
        assert_eq!(invalid.policy(), PolicyKind::Retry);
    };
    let new = RetryConfig::new();
    check(new.attempts(0), "`attempts`");
    check(new.backoff(SECOND, SECOND / 2), "`backoff`");
    check(new.on(CodeSet::of(&[Code::Ok])), "`on`");
    check(new.attempt_timeout(Duration::ZERO), "`attempt_timeout`");
    check(new.budget(-0.1), "`budget`");
    check(new.budget(f64::NAN), "`budget`");
    assert_eq!(new.check(), Ok(()));
}

#[test]
fn only_declared_codes_are_retried() {
    let retry = Retry::new(eager(2));
    let now = Instant::now();
    for code in Code::ALL {
        let again = retry.begin(now).after(Failed::new(code), now, None, 0);
        assert_eq!(again.is_some(), code == Code::Unavailable, "{code}");
    }
}

#[test]
fn refusal_of_this_process_is_not_retried_and_spends_nothing() {
    let retry = Retry::new(eager(9).on(EVERYTHING).budget(0.0));
    let now = Instant::now();
    let left = retry.budget().left(now);
    for policy in [PolicyKind::Breaker, PolicyKind::RateLimit] {
        let refusal = Status::from(Refusal::new(policy, RefusalReason::Open));
        let wait = retry.begin(now).after(Failed::of(&refusal), now, None, 0);
        assert_eq!(wait, None);
    }
    assert_eq!(retry.budget().left(now), left);

    // A refusal by the peer is a failure of the peer.
    let theirs = Status::unavailable("the breaker is open").with_field("policy", "breaker");
    assert!(
        retry
            .begin(now)
            .after(Failed::of(&theirs), now, None, 0)
            .is_some()
    );
    assert_eq!(retry.budget().left(now), left - 1);
}

#[test]
fn failure_that_is_not_retried_spends_nothing() {
    let retry = Retry::new(RetryConfig::new().budget(0.0).attempts(2));
    let now = Instant::now();
    let failed = Failed::new(Code::Unavailable);
    let left = retry.budget().left(now);
    let long = Duration::from_secs(60);
    assert_eq!(
        retry
            .begin(now)
            .after(Failed::new(Code::NotFound), now, None, 0),
        None
    );
    assert_eq!(retry.begin(now).after(failed, now, Some(now), 0), None);
    assert_eq!(retry.begin(now).after(failed, now, None, 1), None);
    assert_eq!(
        retry
            .begin(now)
            .after(failed.retry_after(long), now, None, 0),
        None
    );
    assert_eq!(retry.budget().left(now), left);
    assert_eq!(retry.gave_up(GaveUp::Deadline), 1);
    assert_eq!(retry.gave_up(GaveUp::Chain), 1);
    assert_eq!(retry.gave_up(GaveUp::Pushback), 1);

    let mut attempts = retry.begin(now);
    assert!(attempts.after(failed, now, None, 0).is_some());
    assert_eq!(attempts.after(failed, now, None, 0), None);
    assert_eq!(retry.gave_up(GaveUp::Attempts), 1);
    assert_eq!(retry.budget().left(now), left - 1);
}

#[test]
fn configure_keeps_the_budget_and_the_counts() {
    let retry = Retry::new(eager(2).budget(0.0));
    let now = Instant::now();
    let failed = Failed::new(Code::Aborted);
    assert_eq!(retry.begin(now).after(failed, now, None, 0), None);
    assert!(retry.configure(eager(0)).is_err());
    assert_eq!(retry.config(), eager(2).budget(0.0));

    let next = eager(2).budget(0.0).on(CodeSet::of(&[Code::Aborted]));
    assert_eq!(retry.configure(next), Ok(()));
    assert!(retry.begin(now).after(failed, now, None, 0).is_some());
    assert_eq!(retry.budget().left(now), 99);
    assert_eq!(retry.retries(), 1);
}
