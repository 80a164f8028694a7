//! The behaviour of other breakers, by their settings, and where ours differs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::model::status::Status;
use crate::model::status::refusal::RefusalReason;

use OutcomeClass::{Failure, Ignored, Success};

/// gobreaker's defaults, as Go kit uses it.
const GOBREAKER: BreakerConfig = BreakerConfig::consecutive(6).open(seconds(60)).probes(1);

/// handy: 5 s, more than 10 calls, *more* than the ratio, which is the next
/// larger number for a breaker that opens at its ratio.
const HANDY: BreakerConfig = BreakerConfig::new()
    .window(seconds(5))
    .min_calls(11)
    .ratio(0.05f64.next_up())
    .open(seconds(1))
    .probes(1);

/// hystrix-go: 10 s, at least 20 calls, at least 50 percent once rounded half
/// up, which is at least 49.5; one test each 5 s.
const HYSTRIX_GO: BreakerConfig = BreakerConfig::new()
    .window(seconds(10))
    .min_calls(20)
    .ratio(0.495)
    .open(seconds(5))
    .probes(1);

#[test]
fn gobreaker_opens_after_more_than_five_failures_in_a_row() {
    let bench = Bench::new(GOBREAKER);
    bench.calls(100, Success);
    bench.calls(5, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    for _ in 0..10 {
        assert_eq!(bench.refusal().reason(), RefusalReason::Open);
    }
}

#[test]
fn gobreaker_consecutive_failures_do_not_expire() {
    let bench = Bench::new(GOBREAKER);
    bench.calls(5, Failure);
    bench.wait(seconds(86_400));
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn gobreaker_is_open_for_60_seconds_then_admits_one_call() {
    let bench = Bench::new(GOBREAKER);
    bench.calls(6, Failure);
    bench.wait(seconds(60) - Duration::from_nanos(1));
    assert_eq!(bench.refusal().reason(), RefusalReason::Open);
    bench.wait(Duration::from_nanos(1));
    let probe = bench.permit();
    // "too many requests"
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    probe.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn gobreaker_with_max_requests_closes_after_as_many_successes() {
    let bench = Bench::new(GOBREAKER.probes(3));
    bench.calls(6, Failure);
    bench.wait(seconds(60));
    bench.calls(2, Success);
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    bench.calls(1, Success);
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn gobreaker_opens_again_at_any_failed_probe_for_as_long() {
    let bench = Bench::new(GOBREAKER.probes(3));
    bench.calls(6, Failure);
    bench.wait(seconds(60));
    bench.calls(2, Success);
    bench.calls(1, Failure);
    assert_eq!(bench.refusal().retry_after(), Some(seconds(60)));
}

#[test]
fn gobreaker_drops_results_of_an_older_generation() {
    let bench = Bench::new(GOBREAKER);
    let late = bench.permit();
    bench.calls(6, Failure);
    bench.wait(seconds(60));
    let probe = bench.permit();
    late.record(Failure, bench.now());
    probe.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

/// gobreaker counts a panic as a failure, and propagates it. Here it is only
/// propagated.
#[test]
fn unlike_gobreaker_a_panic_is_not_a_failure() {
    async fn bug() -> Result<(), Status> {
        panic!("a bug of the caller")
    }
    let bench = Bench::new(GOBREAKER);
    bench.calls(5, Failure);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let call = AssertUnwindSafe(|| runtime.block_on(bench.breaker.run(bug())));
    assert!(catch_unwind(call).is_err());
    assert_eq!(bench.state(), BreakerState::Closed);
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!(snapshot.failures_in_a_row, 5);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

/// gobreaker's `Interval` clears the counts of a closed breaker, and its
/// `BucketPeriod` does so in parts. The closest setting is a window of the
/// same length, which slides by a sixteenth.
#[test]
fn gobreaker_with_an_interval_expires_like_a_time_window() {
    let bench = Bench::new(BreakerConfig::new().window(seconds(16)).min_calls(6));
    bench.calls(3, Failure);
    bench.wait(seconds(8));
    bench.calls(2, Failure);
    bench.wait(seconds(8));
    // The first three are gone, the other two are not.
    assert_eq!(bench.breaker.snapshot(bench.now()).failures, 2);
    bench.calls(3, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

/// gobreaker's `Interval` also clears the consecutive failures. Here those do
/// not expire, with any window.
#[test]
fn unlike_gobreaker_a_window_does_not_clear_consecutive_failures() {
    let config = BreakerConfig::new().window(seconds(16)).failures(6);
    let bench = Bench::new(config);
    bench.calls(5, Failure);
    bench.wait(seconds(32));
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn handy_opens_above_ten_calls_and_above_the_ratio() {
    let bench = Bench::new(HANDY);
    bench.calls(10, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn handy_stays_closed_at_the_ratio_itself() {
    let bench = Bench::new(HANDY);
    bench.calls(95, Success);
    bench.calls(5, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn handy_cools_down_for_a_second_and_each_failed_probe_re_arms_it() {
    let bench = Bench::new(HANDY);
    bench.calls(11, Failure);
    for _ in 0..3 {
        assert_eq!(bench.refusal().retry_after(), Some(seconds(1)));
        bench.wait(seconds(1));
        bench.calls(1, Failure);
    }
    bench.wait(seconds(1));
    bench.calls(1, Success);
    assert_eq!(bench.state(), BreakerState::Closed);
}

#[test]
fn handy_window_expires_after_five_seconds() {
    let bench = Bench::new(HANDY);
    bench.calls(10, Failure);
    bench.wait(seconds(5) + millis(400));
    bench.calls(10, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
}

/// handy admits another probe one cooldown after the previous one, and Kitex
/// every 200 ms, whether that has completed or not. Here a probe holds its permit
/// until its call ends, at the latest by the timeout of the call.
#[test]
fn unlike_kitex_and_handy_a_probe_that_hangs_holds_its_place() {
    let bench = Bench::new(HANDY);
    bench.calls(11, Failure);
    bench.wait(seconds(1));
    let hangs = bench.permit();
    bench.wait(seconds(86_400));
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    hangs.record(Failure, bench.now());
    assert_eq!(bench.refusal().retry_after(), Some(seconds(1)));
    bench.wait(seconds(1));
    assert!(bench.permit().is_probe());
}

#[test]
fn hystrix_go_opens_at_half_of_twenty_calls() {
    let bench = Bench::new(HYSTRIX_GO);
    bench.calls(10, Success);
    bench.calls(9, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn hystrix_go_rounds_its_percentage_half_up() {
    // 100 of 202 are 49.505 percent, which it rounds to 50; 99 of 201 are 49.25.
    let bench = Bench::new(HYSTRIX_GO);
    bench.calls(102, Success);
    bench.calls(99, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

#[test]
fn hystrix_go_admits_one_test_each_five_seconds() {
    let bench = Bench::new(HYSTRIX_GO);
    bench.calls(20, Failure);
    assert_eq!(bench.refusal().retry_after(), Some(seconds(5)));
    bench.wait(seconds(5));
    let test = bench.permit();
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    test.record(Failure, bench.now());
    assert_eq!(bench.refusal().retry_after(), Some(seconds(5)));
    bench.wait(seconds(5));
    bench.calls(1, Success);
    assert_eq!(bench.state(), BreakerState::Closed);
}

/// In hystrix-go any success while open closes it, also that of a call which
/// began before it opened.
#[test]
fn unlike_hystrix_go_a_success_while_open_does_not_close() {
    let bench = Bench::new(HYSTRIX_GO);
    let late = bench.permit();
    bench.calls(20, Failure);
    late.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Open);
}

/// tower-resilience needed 10,000 failures after 10,000 successes.
#[test]
fn unlike_tower_resilience_a_count_window_slides() {
    let bench = Bench::new(BreakerConfig::new().window_calls(100).ratio(0.5));
    bench.calls(10_000, Success);
    bench.calls(49, Failure);
    assert_eq!(bench.state(), BreakerState::Closed);
    bench.calls(1, Failure);
    assert_eq!(bench.state(), BreakerState::Open);
}

/// tower-resilience opened again after a failure of a call that began before the
/// recovery.
#[test]
fn unlike_tower_resilience_a_late_failure_does_not_re_open() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(1));
    let late = bench.permit();
    bench.calls(1, Failure);
    bench.wait(seconds(1));
    let probe = bench.permit();
    late.record(Failure, bench.now());
    probe.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

/// In Polly a cancelled probe closed the circuit.
#[test]
fn unlike_polly_a_cancelled_probe_does_not_close() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(1));
    bench.calls(1, Failure);
    bench.wait(seconds(1));
    drop(bench.permit());
    assert_eq!(bench.state(), BreakerState::HalfOpen);
    assert!(bench.permit().is_probe());
}

/// resilience4j admitted too many probes, and stayed half open, as late results
/// acquired and released the permits of other probes.
#[test]
fn unlike_resilience4j_late_results_neither_over_admit_nor_block() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(2));
    let late: Vec<_> = (0..10).map(|_| bench.permit()).collect();
    bench.calls(1, Failure);
    bench.wait(seconds(1));
    let (first, second) = (bench.permit(), bench.permit());
    for (index, permit) in late.into_iter().enumerate() {
        match index % 3 {
            0 => permit.record(Success, bench.now()),
            1 => permit.record(Failure, bench.now()),
            _ => drop(permit),
        }
        assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    }
    first.record(Success, bench.now());
    second.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}

/// Finagle releases the permit of a probe with an ignorable result.
#[test]
fn finagle_frees_the_place_of_an_ignored_probe() {
    let bench = Bench::new(BreakerConfig::consecutive(1).open(seconds(1)).probes(1));
    bench.calls(1, Failure);
    bench.wait(seconds(1));
    bench.calls(1, Ignored);
    let snapshot = bench.breaker.snapshot(bench.now());
    assert_eq!(snapshot.state, BreakerState::HalfOpen);
    assert_eq!(
        (snapshot.probes_under_way, snapshot.probes_succeeded),
        (0, 0)
    );
    let probe = bench.permit();
    assert_eq!(bench.refusal().reason(), RefusalReason::HalfOpen);
    probe.record(Success, bench.now());
    assert_eq!(bench.state(), BreakerState::Closed);
}
