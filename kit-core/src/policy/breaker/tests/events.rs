//! The events of state changes.

use super::*;
use crate::telemetry::event_recorder::EventRecorder;

use OutcomeClass::{Failure, Success};

fn named(config: BreakerConfig) -> Bench {
    let mut bench = Bench::new(config);
    bench.breaker = bench.breaker.named("test.Peer.call");
    bench
}

fn once(event: &str) -> Vec<String> {
    vec![event.replace("..", "policy=breaker name=test.Peer.call")]
}

#[test]
fn each_change_of_state_is_one_event() {
    let events = EventRecorder::start();
    let bench = named(BreakerConfig::consecutive(2).open(seconds(10)).probes(2));
    let late = bench.permit();
    bench.calls(1, Failure);
    assert_eq!(events.take(), [""; 0]);
    bench.calls(1, Failure);
    let opened = "WARN .. from=closed to=open cause=failures_in_a_row open_for=Some(10s)";
    assert_eq!(events.take(), once(opened));
    // Neither refusals nor late results change the state.
    late.record(Failure, bench.now());
    bench.refusal();
    assert_eq!(events.take(), [""; 0]);

    // The first call after the open time makes it half open.
    bench.wait(seconds(10));
    assert_eq!(events.take(), [""; 0]);
    let (first, second) = (bench.permit(), bench.permit());
    bench.refusal();
    let half_open = "INFO .. from=open to=half_open cause=open_time_over";
    assert_eq!(events.take(), once(half_open));
    first.record(Success, bench.now());
    assert_eq!(events.take(), [""; 0]);
    second.record(Success, bench.now());
    let closed = "INFO .. from=half_open to=closed cause=probes_succeeded";
    assert_eq!(events.take(), once(closed));
    bench.calls(5, Success);
    assert_eq!(events.take(), [""; 0]);
}

#[test]
fn failed_probe_is_an_event_with_the_open_time() {
    let bench = named(BreakerConfig::consecutive(1).open(seconds(10)).probes(1));
    bench.calls(1, Failure);
    bench.wait(seconds(10));
    let probe = bench.permit();
    let events = EventRecorder::start();
    probe.record(Failure, bench.now());
    let opened = "WARN .. from=half_open to=open cause=probe_failed open_for=Some(10s)";
    assert_eq!(events.take(), once(opened));
}

#[test]
fn state_set_by_hand_is_an_event_unless_unchanged() {
    let events = EventRecorder::start();
    let bench = named(BreakerConfig::new());
    let check = |set: &dyn Fn(&Breaker), event: &str| {
        set(&bench.breaker);
        assert_eq!(events.take(), once(event));
        set(&bench.breaker);
        assert_eq!(events.take(), [""; 0]);
    };
    bench.breaker.reset();
    assert_eq!(events.take(), [""; 0]);
    let forced = "WARN .. from=closed to=forced_open cause=by_hand open_for=None";
    check(&Breaker::force_open, forced);
    let forced = "INFO .. from=forced_open to=forced_closed cause=by_hand";
    check(&Breaker::force_closed, forced);
    let disabled = "INFO .. from=forced_closed to=disabled cause=by_hand";
    check(&Breaker::disable, disabled);
    let closed = "INFO .. from=disabled to=closed cause=by_hand";
    check(&Breaker::reset, closed);
}
