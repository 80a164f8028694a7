//! The windows of a breaker, and the limits that open it.

use super::*;
use crate::policy::breaker::BreakerCause;

use OutcomeClass::{Failure, Ignored, Soft, Success};

#[test]
fn only_a_success_ends_consecutive_failures() {
    let bench = Bench::new(BreakerConfig::consecutive(3));
    bench.calls(2, Failure);
    bench.calls(1, Success);
    bench.calls(2, Failure);
    bench.calls(5, Soft);
    bench.calls(5, Ignored);
    drop(bench.permit());
    assert_eq!(bench.breaker.snapshot(bench.now()).failures_in_a_row, 2);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn ratio_opens_when_reached() {
    let bench = Bench::new(BreakerConfig::new().ratio(0.5).min_calls(20));
    bench.calls(10, Success);
    bench.calls(9, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn three_of_thirty_reach_a_tenth() {
    let bench = Bench::new(BreakerConfig::new().ratio(0.1).min_calls(30));
    bench.calls(27, Success);
    bench.calls(2, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn fewer_calls_than_min_calls_never_open() {
    let bench = Bench::new(BreakerConfig::new().min_calls(20));
    bench.calls(19, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn min_calls_is_capped_by_a_smaller_call_window() {
    let bench = Bench::new(BreakerConfig::new().min_calls(100).window_calls(10));
    bench.calls(9, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn success_never_opens() {
    let bench = Bench::new(BreakerConfig::new().min_calls(20));
    bench.calls(19, Failure);
    bench.calls(1, Success);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn soft_outcomes_count_in_the_ratio_and_ignored_ones_nowhere() {
    let bench = Bench::new(BreakerConfig::new().min_calls(4).failures(1));
    bench.calls(100, Ignored);
    bench.calls(2, Success);
    bench.calls(1, Soft);
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!((snapshot.calls, snapshot.failures), (3, 1));
    bench.calls(1, Soft);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn call_window_of_100_opens_after_50_failures_whatever_came_before() {
    let bench = Bench::new(BreakerConfig::new().window_calls(100));
    bench.calls(10_000, Success);
    bench.calls(49, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn call_window_drops_one_call_at_a_time() {
    let bench = Bench::new(BreakerConfig::new().window_calls(4).min_calls(4));
    bench.calls(1, Failure);
    bench.calls(3, Success);
    let failures = || bench.breaker.snapshot(bench.now()).failures;
    assert_eq!(failures(), 1);
    bench.calls(1, Success);
    assert_eq!(failures(), 0);
    bench.calls(1, Failure);
    assert_eq!(failures(), 1);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn time_window_drops_older_calls() {
    let bench = Bench::new(BreakerConfig::new().min_calls(20).window(seconds(16)));
    bench.calls(19, Failure);
    bench.wait(seconds(15));
    assert_eq!(bench.breaker.snapshot(bench.now()).calls, 19);
    bench.wait(seconds(1));
    assert_eq!(bench.breaker.snapshot(bench.now()).calls, 0);
    bench.calls(19, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn idle_time_empties_the_window() {
    let bench = Bench::new(BreakerConfig::new().min_calls(20));
    bench.calls(1000, Success);
    bench.wait(seconds(3600));
    bench.calls(19, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn slow_calls_open_whatever_their_outcome() {
    let config = BreakerConfig::new()
        .min_calls(5)
        .slow(millis(500))
        .slow_ratio(0.8);
    let bench = Bench::new(config);
    bench.call_of(millis(499), Success);
    for _ in 0..3 {
        bench.call_of(millis(500), Success);
    }
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!((snapshot.calls, snapshot.slow), (4, 3));
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.call_of(seconds(1), Success);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn slow_calls_alone_can_open() {
    let config = BreakerConfig::consecutive(1000)
        .slow(millis(500))
        .slow_ratio(1.0)
        .window_calls(3);
    let bench = Bench::new(config);
    bench.calls(100, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    for _ in 0..3 {
        bench.call_of(millis(500), Success);
    }
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn slow_success_ends_consecutive_failures() {
    let bench = Bench::new(BreakerConfig::consecutive(2).slow(millis(1)));
    bench.calls(1, Failure);
    bench.call_of(millis(1), Success);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn two_limits_reached_together_are_one_change_that_names_the_first() {
    let config = BreakerConfig::new()
        .failures(4)
        .min_calls(4)
        .slow(millis(1))
        .window(seconds(100));
    let bench = Bench::new(config);
    let mut events = bench.breaker.subscribe();
    for _ in 0..4 {
        bench.call_of(millis(1), Failure);
    }
    let causes: Vec<_> = std::iter::from_fn(|| events.try_recv().ok())
        .map(|event| event.cause)
        .collect();
    assert_eq!(causes, [BreakerCause::FailuresInARow]);
}

#[test]
fn configure_with_an_unchanged_window_keeps_its_calls() {
    let bench = Bench::new(BreakerConfig::new().min_calls(20).ratio(0.9));
    let in_flight = bench.permit();
    bench.calls(10, Success);
    bench.calls(9, Failure);
    let config = bench.breaker.config().ratio(0.5);
    assert_eq!(bench.breaker.configure(config), Ok(()));
    in_flight.record(Failure, bench.now());
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn changed_window_starts_empty_and_keeps_consecutive_failures() {
    let start = BreakerConfig::new().failures(5).min_calls(100);
    let others = [
        start.window(seconds(1)),
        start.window(seconds(3600)),
        start.window_calls(100),
    ];
    for other in others {
        let bench = Bench::new(start);
        bench.wait(seconds(500));
        bench.calls(4, Failure);
        let in_flight = bench.permit();
        assert_eq!(bench.breaker.configure(other), Ok(()));
        in_flight.record(Failure, bench.now());
        let snapshot = bench.breaker.snapshot(bench.now());
        assert_eq!((snapshot.calls, snapshot.failures_in_a_row), (0, 4));
        bench.calls(1, Soft);
        assert_eq!(bench.breaker.snapshot(bench.now()).calls, 1);
        bench.calls(1, Failure);
        assert_eq!(bench.state(), BreakerState::Open);
    }
}

#[test]
fn late_time_reading_neither_opens_nor_panics() {
    let bench = Bench::new(BreakerConfig::new().min_calls(3).window(seconds(16)));
    let early = bench.now();
    bench.wait(seconds(100));
    bench.calls(1, Success);
    let permit = bench.breaker.admit(early).expect("it is closed");
    permit.record(Failure, early);
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!((snapshot.calls, snapshot.failures), (1, 0));
}
