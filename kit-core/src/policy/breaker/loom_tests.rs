//! The packed state and the rings under every interleaving that loom explores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use loom::sync::Arc;
use loom::thread;

use super::call_ring::CallRing;
use super::{Breaker, BreakerCause, BreakerState};
use crate::model::policies::OutcomeClass::{Failure, Success};
use crate::model::policies::breaker::BreakerConfig;
use crate::policy::support::time_ring::{Counts, Sample, TimeRing};

const BAD: Sample = Sample {
    failed: true,
    slow: true,
};

/// Explores every interleaving, or those with at most `bound` preemptions.
fn explore(what: &str, bound: Option<usize>, check: impl Fn() + Sync + Send + 'static) {
    let executions = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bound;
    builder.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        check();
    });
    println!("{what}: {} executions", executions.load(Ordering::Relaxed));
}

/// Runs each part in a thread of its own, the first one in the current thread.
fn race<const N: usize>(breaker: &Arc<Breaker>, parts: [fn(&Breaker, Instant); N], now: Instant) {
    let threads: Vec<_> = parts[1..]
        .iter()
        .map(|part| {
            let (breaker, part) = (Arc::clone(breaker), *part);
            thread::spawn(move || part(&breaker, now))
        })
        .collect();
    parts[0](breaker, now);
    for thread in threads {
        thread.join().expect("no panic");
    }
}

fn fail(breaker: &Breaker, now: Instant) {
    if let Ok(permit) = breaker.admit(now) {
        permit.record(Failure, now);
    }
}

fn succeed(breaker: &Breaker, now: Instant) {
    if let Ok(permit) = breaker.admit(now) {
        permit.record(Success, now);
    }
}

fn give_up(breaker: &Breaker, now: Instant) {
    drop(breaker.admit(now));
}

fn breaker(config: BreakerConfig) -> (Arc<Breaker>, Instant) {
    let breaker = Breaker::new(config);
    let now = breaker.start.at();
    (Arc::new(breaker), now)
}

const CONSECUTIVE: BreakerConfig = BreakerConfig::consecutive(2)
    .open(Duration::from_secs(1))
    .probes(1);

/// A breaker whose open time has elapsed, before the first call.
fn half_open(probes: u32) -> (Arc<Breaker>, Instant) {
    let (breaker, now) = breaker(CONSECUTIVE.failures(1).probes(probes));
    fail(&breaker, now);
    (breaker, now + Duration::from_secs(1))
}

#[test]
fn loom_breaker_two_concurrent_failures_open_it_once() {
    explore("two failures", None, || {
        let (breaker, now) = breaker(CONSECUTIVE);
        let mut events = breaker.subscribe();
        race(&breaker, [fail, fail], now);
        let event = events.try_recv().expect("it opened");
        assert_eq!(event.cause, BreakerCause::FailuresInARow);
        assert!(events.try_recv().is_err(), "it opened twice");
        assert_eq!(breaker.state(now), BreakerState::Open);
        assert_eq!(breaker.word().epoch(), 1);
    });
}

#[test]
fn loom_breaker_failure_and_success_leave_a_run_of_at_most_one() {
    explore("a failure and a success", None, || {
        let (breaker, now) = breaker(CONSECUTIVE);
        race(&breaker, [fail, succeed], now);
        assert!(breaker.word().run() <= 1);
        assert_eq!(breaker.state(now), BreakerState::Closed);
    });
}

#[test]
fn loom_breaker_admits_one_probe() {
    fn probe(breaker: &Breaker, now: Instant) {
        let permit = breaker.admit(now);
        assert!(breaker.word().in_flight() <= 1);
        // Held until the other thread has tried too, in some interleavings.
        std::mem::forget(permit);
    }
    explore("one probe", None, || {
        let (breaker, now) = half_open(1);
        race(&breaker, [probe, probe], now);
        assert_eq!(breaker.word().in_flight(), 1);
        let refused = breaker.counters.refusals();
        assert_eq!(refused.half_open, 1);
    });
}

#[test]
fn loom_breaker_two_probes_close_it_once_and_leave_none_in_flight() {
    explore("two probes succeed", None, || {
        let (breaker, now) = half_open(2);
        let first = breaker.admit(now).expect("it is half open");
        let second = breaker.admit(now).expect("there is room for two");
        std::mem::forget((first, second));
        fn end(breaker: &Breaker, now: Instant) {
            let period = breaker.word();
            breaker.record(period, now, Success, now);
        }
        let mut events = breaker.subscribe();
        race(&breaker, [end, end], now);
        assert_eq!(breaker.state(now), BreakerState::Closed);
        let event = events.try_recv().expect("it closed");
        assert_eq!(event.cause, BreakerCause::ProbesSucceeded);
        assert!(events.try_recv().is_err());
    });
}

#[test]
fn loom_breaker_given_up_probe_frees_its_place() {
    explore("a probe given up", None, || {
        let (breaker, now) = half_open(2);
        race(&breaker, [give_up, succeed], now);
        let word = breaker.word();
        assert_eq!(word.state(), BreakerState::HalfOpen);
        assert_eq!((word.in_flight(), word.succeeded()), (0, 1));
    });
}

#[test]
fn loom_breaker_failed_probe_opens_and_drops_the_other_result() {
    explore("a probe fails", None, || {
        let (breaker, now) = half_open(2);
        race(&breaker, [fail, succeed], now);
        let word = breaker.word();
        assert_eq!(word.state(), BreakerState::Open);
        assert_eq!((word.in_flight(), word.succeeded()), (0, 0));
    });
}

#[test]
fn loom_breaker_forced_state_wins_over_a_failure() {
    explore("forced against a failure", None, || {
        let (breaker, now) = breaker(CONSECUTIVE.failures(1));
        race(&breaker, [fail, |breaker, _| breaker.force_closed()], now);
        assert_eq!(breaker.state(now), BreakerState::ForcedClosed);
    });
}

#[test]
fn loom_breaker_fewer_probes_do_not_block_closing() {
    fn fewer(breaker: &Breaker, _: Instant) {
        let config = breaker.config().probes(1);
        breaker
            .configure(config)
            .expect("the configuration is valid");
    }
    explore("fewer probes", Some(3), || {
        let (breaker, now) = half_open(2);
        race(&breaker, [succeed, fewer], now);
        succeed(&breaker, now);
        assert_eq!(breaker.state(now), BreakerState::Closed);
    });
}

#[test]
fn loom_breaker_three_threads_open_probe_and_give_up() {
    explore("three threads half open", Some(2), || {
        let (breaker, now) = half_open(1);
        race(&breaker, [fail, succeed, give_up], now);
        let word = breaker.word();
        assert_eq!(word.in_flight(), 0);
        assert!(word.state() != BreakerState::ForcedOpen);
        if word.state() == BreakerState::HalfOpen {
            // Both calls that complete were refused.
            assert_eq!(breaker.counters.refusals().half_open, 2);
        }
    });
}

#[test]
fn loom_breaker_three_threads_fail_and_open_once() {
    explore("three failures", Some(3), || {
        let (breaker, now) = breaker(CONSECUTIVE.failures(3));
        race(&breaker, [fail, fail, fail], now);
        assert_eq!(breaker.state(now), BreakerState::Open);
        assert_eq!(breaker.word().epoch(), 1);
    });
}

#[test]
fn loom_time_ring_counts_every_call_while_two_reset_a_bucket() {
    explore("two calls reset a bucket", None, || {
        let ring = Arc::new(TimeRing::new(Duration::from_nanos(20)));
        ring.add(0, 0, BAD);
        // Two parts of time of 10 ns: 20 uses the bucket of 0.
        let other = Arc::clone(&ring);
        let thread = thread::spawn(move || other.add(0, 20, BAD));
        ring.add(0, 20, BAD);
        thread.join().expect("no panic");
        let all = Counts {
            calls: 2,
            failures: 2,
            slow: 2,
        };
        assert_eq!(ring.counts(0, 20), all);
    });
}

#[test]
fn loom_time_ring_never_counts_an_older_epoch_in_a_newer_one() {
    explore("a late epoch in a bucket", None, || {
        let ring = Arc::new(TimeRing::new(Duration::from_nanos(20)));
        ring.add(0, 10, BAD);
        let other = Arc::clone(&ring);
        let thread = thread::spawn(move || other.add(0, 10, BAD));
        ring.add(1, 10, BAD);
        let counts = ring.counts(1, 10);
        assert_eq!((counts.calls, counts.failures), (1, 1));
        thread.join().expect("no panic");
        assert_eq!(ring.counts(1, 10), counts);
    });
}

#[test]
fn loom_time_ring_three_threads_lose_no_call() {
    explore("three calls in a bucket", Some(2), || {
        let ring = Arc::new(TimeRing::new(Duration::from_nanos(20)));
        let threads = [20, 20].map(|now| {
            let ring = Arc::clone(&ring);
            thread::spawn(move || ring.add(0, now, BAD))
        });
        ring.add(0, 10, BAD);
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert_eq!(ring.counts(0, 20).calls, 3);
    });
}

#[test]
fn loom_call_ring_totals_equal_its_slots() {
    explore("two calls replace two", None, || {
        let ring = Arc::new(CallRing::new());
        ring.make_room(2);
        ring.add(0, 2, BAD);
        ring.add(0, 2, BAD);
        let other = Arc::clone(&ring);
        let good = Sample {
            failed: false,
            slow: false,
        };
        let thread = thread::spawn(move || other.add(0, 2, good));
        ring.add(0, 2, good);
        thread.join().expect("no panic");
        let none = Counts {
            calls: 2,
            ..Counts::default()
        };
        assert_eq!(ring.counts(0, 2), none);
    });
}

#[test]
fn loom_call_ring_never_counts_an_older_epoch_in_a_newer_one() {
    explore("a late epoch in a slot", None, || {
        let ring = Arc::new(CallRing::new());
        ring.make_room(1);
        ring.add(0, 1, BAD);
        let other = Arc::clone(&ring);
        let thread = thread::spawn(move || other.add(0, 1, BAD));
        ring.add(1, 1, BAD);
        thread.join().expect("no panic");
        let counts = ring.counts(1, 1);
        assert_eq!((counts.calls, counts.failures, counts.slow), (1, 1, 1));
        ring.add(1, 1, BAD);
        assert_eq!(ring.counts(1, 1), counts);
    });
}

#[test]
fn loom_call_ring_counts_three_threads_on_one_slot() {
    explore("three calls on one slot", Some(2), || {
        let ring = Arc::new(CallRing::new());
        ring.make_room(1);
        let threads = [(); 2].map(|()| {
            let ring = Arc::clone(&ring);
            thread::spawn(move || ring.add(0, 1, BAD))
        });
        ring.add(0, 1, BAD);
        for thread in threads {
            thread.join().expect("no panic");
        }
        let counts = ring.counts(0, 1);
        assert_eq!((counts.calls, counts.failures, counts.slow), (1, 1, 1));
    });
}
