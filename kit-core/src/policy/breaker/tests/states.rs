//! State changes: epochs, probes, open times, and states set by hand.

use super::*;
use crate::model::status::refusal::RefusalReason;
use crate::policy::breaker::BreakerCause;

use OutcomeClass::{Failure, Ignored, Soft, Success};

/// A breaker that is open for 10 s, with two probes.
fn opened() -> Bench {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(10)).probes(2));
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
    bench
}

/// The same breaker after its open time.
fn half_open() -> Bench {
    let bench = opened();
    bench.wait(seconds(10));
    bench
}

#[test]
fn refusal_has_the_time_until_half_open() {
    let bench = opened();
    bench.wait(seconds(4));
    let refusal = bench.refusal();
    assert_eq!(refusal.reason(), RefusalReason::Open);
    assert_eq!(refusal.retry_after(), Some(seconds(6)));
    bench.wait(seconds(6) - Duration::from_nanos(1));
    assert_eq!(bench.refusal().retry_after(), Some(Duration::from_nanos(1)));
    bench.wait(Duration::from_nanos(1));
    assert!(bench.permit().is_probe());
}

#[test]
fn probes_are_limited() {
    let bench = half_open();
    let (first, second) = (bench.permit(), bench.permit());
    assert!(first.is_probe() && second.is_probe());
    let refusal = bench.refusal();
    assert_eq!(refusal.reason(), RefusalReason::HalfOpen);
    assert_eq!(refusal.retry_after(), None);
    first.record(Success, bench.now());
    // One has succeeded and one is in flight: that is the limit.
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    second.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn failed_probe_opens_again_after_a_successful_one() {
    let bench = half_open();
    let (first, second) = (bench.permit(), bench.permit());
    first.record(Success, bench.now());
    second.record(Failure, bench.now());
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn soft_outcome_fails_a_probe() {
    let bench = half_open();
    bench.calls(1, Soft);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn slow_probe_fails() {
    let config = BreakerConfig::consecutive(1)
        .slow(seconds(1))
        .open(seconds(10));
    let bench = Bench::new(config);
    bench.calls(1, Failure);
    bench.wait(seconds(10));
    bench.call_of(seconds(1), Success);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn cancelled_probe_frees_its_place_and_is_not_counted() {
    let bench = half_open();
    let (first, second) = (bench.permit(), bench.permit());
    drop(first);
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    let third = bench.permit();
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    second.record(Ignored, bench.now());
    let fourth = bench.permit();
    third.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    fourth.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn panicking_probe_frees_its_place() {
    let bench = half_open();
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _probe = bench.permit();
        std::panic::resume_unwind(Box::new("a bug in the call"));
    }));
    assert!(panic.is_err());
    assert_eq!(bench.breaker.snapshot(bench.now()).probes_under_way, 0);
    assert_eq!(bench.state(), BreakerState::HalfOpen);
}

#[test]
fn late_failure_does_not_open_a_half_open_breaker() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(10)).probes(1));
    let late = bench.permit();
    bench.calls(1, Failure);
    bench.wait(seconds(10));
    let probe = bench.permit();
    late.record(Failure, bench.now());
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    assert_eq!(bench.breaker.snapshot(bench.now()).dropped_results, 1);
    probe.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn late_success_does_not_close_a_half_open_breaker() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(10)).probes(1));
    let late = bench.permit();
    bench.calls(1, Failure);
    bench.wait(seconds(10));
    let _probe = bench.permit();
    late.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::HalfOpen);
}

#[test]
fn late_probe_neither_fails_nor_frees_a_place_of_the_next_round() {
    let bench = half_open();
    let (late, failing) = (bench.permit(), bench.permit());
    failing.record(Failure, bench.now());
    bench.wait(seconds(10));
    let (_first, _second) = (bench.permit(), bench.permit());
    drop(late);
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    assert_eq!(bench.breaker.snapshot(bench.now()).probes_under_way, 2);
}

#[test]
fn late_failure_is_not_counted_after_closing() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(10)).probes(1));
    let late = bench.permit();
    bench.calls(1, Failure);
    bench.wait(seconds(10));
    bench.calls(1, Success);
    late.record(Failure, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
    assert_eq!(bench.breaker.snapshot(bench.now()).failures_in_a_row, 0);
}

#[test]
fn closing_clears_the_window_and_consecutive_failures() {
    let bench = Bench::new(
        BreakerConfig::new()
            .min_calls(4)
            .failures(4)
            .open(seconds(1))
            .probes(1),
    );
    bench.calls(4, Failure);
    bench.wait(seconds(1));
    bench.calls(1, Success);
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!(snapshot.state, BreakerState::Closed);
    assert_eq!((snapshot.calls, snapshot.failures_in_a_row), (0, 0));
    bench.calls(3, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn each_failed_probe_extends_the_open_time() {
    let config = BreakerConfig::consecutive(1).open_range(seconds(5), seconds(60));
    let bench = Bench::new(config);
    bench.calls(1, Failure);
    assert_eq!(bench.refusal().retry_after(), Some(seconds(5)));
    bench.wait(seconds(5));
    for whole in [10, 20, 40, 60, 60] {
        bench.calls(1, Failure);
        let wait = bench.refusal().retry_after().expect("it is open");
        assert!(
            wait >= seconds(whole / 2) && wait <= seconds(whole),
            "{wait:?}"
        );
        bench.wait(wait);
    }
}

/// Opens twice, then closes; returns the last open time.
fn closed_after_two_openings(bench: &Bench) -> Duration {
    bench.calls(1, Failure);
    bench.wait(seconds(5));
    bench.calls(1, Failure);
    let wait = bench.refusal().retry_after().expect("it is open");
    bench.wait(wait);
    bench.calls(1, Success);
    assert_eq!(bench.state(), BreakerState::Closed);
    wait
}

#[test]
fn open_time_starts_over_after_a_recovery() {
    let config = BreakerConfig::consecutive(1)
        .open_range(seconds(5), seconds(60))
        .probes(1);
    let bench = Bench::new(config);
    let wait = closed_after_two_openings(&bench);
    bench.wait(wait);
    bench.calls(1, Failure);
    assert_eq!(bench.refusal().retry_after(), Some(seconds(5)));
}

#[test]
fn open_time_keeps_growing_without_a_recovery() {
    let config = BreakerConfig::consecutive(1)
        .open_range(seconds(5), seconds(60))
        .probes(1);
    let bench = Bench::new(config);
    let wait = closed_after_two_openings(&bench);
    bench.wait(wait - Duration::from_nanos(1));
    bench.calls(1, Failure);
    assert!(bench.refusal().retry_after() >= Some(seconds(10)));
}

#[test]
fn constant_open_time_is_exact() {
    let bench = opened();
    for _ in 0..10 {
        assert_eq!(bench.refusal().retry_after(), Some(seconds(10)));
        bench.wait(seconds(10));
        bench.calls(1, Failure);
    }
}

#[test]
fn forced_open_ignores_time_and_results() {
    let bench = Bench::new(BreakerConfig::new());
    let in_flight = bench.permit();
    bench.breaker.force_open();
    bench.wait(seconds(86_400));
    in_flight.record(Success, bench.now());
    let refusal = bench.refusal();
    assert_eq!(refusal.reason(), RefusalReason::ForcedOpen);
    assert_eq!(refusal.retry_after(), None);
    bench.breaker.reset();
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn forced_closed_counts_and_never_opens() {
    let bench = Bench::new(BreakerConfig::new().min_calls(1).failures(1));
    bench.breaker.force_closed();
    bench.calls(100, Failure);
    assert_eq!(bench.state(), BreakerState::ForcedClosed);
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!((snapshot.calls, snapshot.failures), (100, 100));
}

#[test]
fn disabled_admits_all_and_counts_nothing() {
    let bench = opened();
    bench.breaker.disable();
    bench.calls(100, Failure);
    assert_eq!(bench.state(), BreakerState::Disabled);
    assert_eq!(bench.breaker.snapshot(bench.now()).calls, 0);
}

#[test]
fn last_state_set_by_hand_applies() {
    let bench = opened();
    bench.breaker.force_closed();
    bench.breaker.force_open();
    assert_eq!(bench.state(), BreakerState::ForcedOpen);
    bench.breaker.disable();
    assert_eq!(bench.state(), BreakerState::Disabled);
    bench.breaker.force_closed();
    assert_eq!(bench.state(), BreakerState::ForcedClosed);
}

#[test]
fn reset_clears_window_consecutive_failures_and_open_time() {
    let config = BreakerConfig::new()
        .failures(3)
        .min_calls(3)
        .open_range(seconds(5), seconds(60));
    let bench = Bench::new(config);
    let late = bench.permit();
    bench.calls(2, Failure);
    bench.breaker.reset();
    late.record(Failure, bench.now());
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!((snapshot.calls, snapshot.failures_in_a_row), (0, 0));

    bench.calls(3, Failure);
    bench.wait(seconds(5));
    bench.calls(1, Failure);
    bench.breaker.reset();
    bench.calls(3, Failure);
    assert_eq!(bench.refusal().retry_after(), Some(seconds(5)));
}

#[test]
fn subscribers_see_each_change_once_and_in_order() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(10)).probes(1));
    let mut events = bench.breaker.subscribe();
    bench.calls(1, Failure);
    bench.wait(seconds(10));
    bench.calls(1, Success);
    bench.breaker.force_open();
    bench.breaker.force_open();
    bench.breaker.reset();
    bench.breaker.reset();
    let seen: Vec<_> = std::iter::from_fn(|| events.try_recv().ok())
        .map(|event| (event.from, event.to, event.cause, event.open_for))
        .collect();
    use BreakerState::{Closed, ForcedOpen, HalfOpen, Open};
    assert_eq!(
        seen,
        [
            (
                Closed,
                Open,
                BreakerCause::FailuresInARow,
                Some(seconds(10))
            ),
            (Open, HalfOpen, BreakerCause::OpenTimeOver, None),
            (HalfOpen, Closed, BreakerCause::ProbesSucceeded, None),
            (Closed, ForcedOpen, BreakerCause::ByHand, None),
            (ForcedOpen, Closed, BreakerCause::ByHand, None),
        ]
    );
}

#[test]
fn refusals_are_counted_by_reason() {
    let bench = opened();
    for _ in 0..3 {
        let _ = bench.refusal();
    }
    bench.wait(seconds(10));
    let _probes = (bench.permit(), bench.permit());
    let _ = bench.refusal();
    bench.breaker.force_open();
    for _ in 0..2 {
        let _ = bench.refusal();
    }
    let refusals = bench.breaker.snapshot(bench.now()).refusals;
    assert_eq!(
        (refusals.open, refusals.half_open, refusals.forced_open),
        (3, 1, 2)
    );
    assert_eq!(refusals.total(), 6);
}

#[test]
fn configure_keeps_the_remaining_open_time() {
    let bench = opened();
    bench.wait(seconds(4));
    let config = BreakerConfig::new().open(seconds(1));
    assert_eq!(bench.breaker.configure(config), Ok(()));
    assert_eq!(bench.breaker.config(), config);
    assert_eq!(bench.refusal().retry_after(), Some(seconds(6)));
}

#[test]
fn invalid_configuration_changes_nothing() {
    let bench = opened();
    let before = bench.breaker.config();
    assert!(bench.breaker.configure(before.probes(0)).is_err());
    assert_eq!(bench.breaker.config(), before);
}

#[test]
fn configure_with_fewer_probes_closes_at_the_next_call() {
    let bench = half_open();
    bench.calls(1, Success);
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    let config = bench.breaker.config().probes(1);
    assert_eq!(bench.breaker.configure(config), Ok(()));
    assert!(!bench.permit().is_probe());
    assert_eq!(bench.state(), BreakerState::Closed);
}
