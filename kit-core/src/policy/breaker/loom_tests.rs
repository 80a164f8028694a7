//! The word and the rings under every interleaving that loom finds.

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

/// Every interleaving, or those with so many preemptions at most.
fn explore(what: &str, bound: Option<usize>, check: impl Fn() + Sync + Send + 'static) {
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&count);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bound;
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        check();
    });
    println!("{what}: {} executions", count.load(Ordering::Relaxed));
}

/// Runs each part in a thread of its own, the last one in this.
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

/// Its time is over, and nobody has come yet.
fn half_open(probes: u32) -> (Arc<Breaker>, Instant) {
    let (breaker, now) = breaker(CONSECUTIVE.failures(1).probes(probes));
    fail(&breaker, now);
    (breaker, now + Duration::from_secs(1))
}

#[test]
fn loom_breaker_two_failures_at_once_open_it_once() {
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
fn loom_breaker_a_failure_and_a_success_leave_a_row_of_at_most_one() {
    explore("a failure and a success", None, || {
        let (breaker, now) = breaker(CONSECUTIVE);
        race(&breaker, [fail, succeed], now);
        assert!(breaker.word().run() <= 1);
        assert_eq!(breaker.state(now), BreakerState::Closed);
    });
}

#[test]
fn loom_breaker_one_probe_is_one_probe() {
    fn probe(breaker: &Breaker, now: Instant) {
        let permit = breaker.admit(now);
        assert!(breaker.word().under_way() <= 1);
        // Held until the other has asked too, in some interleavings.
        std::mem::forget(permit);
    }
    explore("one probe", None, || {
        let (breaker, now) = half_open(1);
        race(&breaker, [probe, probe], now);
        assert_eq!(breaker.word().under_way(), 1);
        let refused = breaker.tally.refusals();
        assert_eq!(refused.half_open, 1);
    });
}

#[test]
fn loom_breaker_two_probes_close_it_once_and_leave_none_under_way() {
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
fn loom_breaker_a_probe_given_up_is_free_again_whatever_the_other_does() {
    explore("a probe given up", None, || {
        let (breaker, now) = half_open(2);
        race(&breaker, [give_up, succeed], now);
        let word = breaker.word();
        assert_eq!(word.state(), BreakerState::HalfOpen);
        assert_eq!((word.under_way(), word.succeeded()), (0, 1));
    });
}

#[test]
fn loom_breaker_a_failed_probe_opens_and_the_other_result_is_dropped_or_lost() {
    explore("a probe fails", None, || {
        let (breaker, now) = half_open(2);
        race(&breaker, [fail, succeed], now);
        let word = breaker.word();
        assert_eq!(word.state(), BreakerState::Open);
        assert_eq!((word.under_way(), word.succeeded()), (0, 0));
    });
}

#[test]
fn loom_breaker_what_is_said_by_hand_beats_a_failure() {
    explore("forced against a failure", None, || {
        let (breaker, now) = breaker(CONSECUTIVE.failures(1));
        race(&breaker, [fail, |breaker, _| breaker.force_closed()], now);
        assert_eq!(breaker.state(now), BreakerState::ForcedClosed);
    });
}

#[test]
fn loom_breaker_fewer_probes_never_leave_it_stuck() {
    fn fewer(breaker: &Breaker, _: Instant) {
        let config = breaker.config().probes(1);
        breaker.configure(config).expect("it is right");
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
        assert_eq!(word.under_way(), 0);
        assert!(word.state() != BreakerState::ForcedOpen);
        if word.state() == BreakerState::HalfOpen {
            // Both that would have judged were refused.
            assert_eq!(breaker.tally.refusals().half_open, 2);
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
fn loom_time_ring_counts_every_call_of_a_bucket_turned_over_by_two() {
    explore("two calls turn a bucket over", None, || {
        let ring = Arc::new(TimeRing::new(Duration::from_nanos(20)));
        ring.add(0, 0, BAD);
        // Two parts of time of 10 ns: 20 is where 0 was.
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
fn loom_time_ring_never_counts_an_older_epoch_in_a_newer() {
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
fn loom_time_ring_three_threads_lose_nothing() {
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
fn loom_call_ring_totals_are_those_of_its_slots() {
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
fn loom_call_ring_never_counts_an_older_epoch_in_a_newer() {
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
fn loom_call_ring_three_threads_on_one_slot() {
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
