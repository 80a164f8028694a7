//! The behaviour of the shedder.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use super::*;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::policy::support::ManualClock;
use crate::telemetry::event_recorder::EventRecorder;

const SECOND: Duration = Duration::from_secs(1);

/// A machine whose load the test sets.
struct Machine {
    clock: ManualClock,
    percent: Arc<AtomicU64>,
    shedder: Shedder,
}

impl Machine {
    fn new() -> Self {
        let clock = ManualClock::new();
        let percent = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&percent);
        let meter = CpuMeter::of(move || Some(read.load(SeqCst) as f64 / 100.0));
        Self {
            shedder: Shedder::with_clock(ShedConfig::new(), clock.clock()).metered(meter),
            clock,
            percent,
        }
    }

    /// Sets the load, for long enough that the average reaches it.
    fn load(&self, percent: u64) {
        self.percent.store(percent, SeqCst);
        self.clock.advance(100 * SECOND);
        self.shedder.cpu(self.clock.now());
    }

    /// Runs 40 calls in a tenth of a second, each of 10 ms, four concurrently.
    fn work(&self) {
        for _ in 0..10 {
            let permits: Vec<_> = (0..4).map(|_| self.admit().unwrap()).collect();
            self.clock.advance(Duration::from_millis(10));
            for permit in permits {
                permit.record(self.clock.now());
            }
        }
        self.clock.advance(Duration::from_millis(100));
    }

    fn admit(&self) -> Result<Permit<'_>, Refusal> {
        self.shedder.admit(self.clock.now())
    }

    /// How many of ten concurrent calls are admitted.
    fn admitted_of_ten(&self) -> usize {
        let permits: Vec<_> = (0..10).filter_map(|_| self.admit().ok()).collect();
        permits.len()
    }
}

#[test]
fn busy_machine_admits_its_estimate_and_refuses_the_rest() {
    let machine = Machine::new();
    machine.load(95);
    machine.work();
    // Five: the call that exceeds four is admitted, the next is not.
    assert_eq!(machine.admitted_of_ten(), 5);
    assert_eq!(machine.shedder.refused(), 5);
    assert_eq!(machine.shedder.in_flight(), 0);
    assert!(machine.shedder.is_shedding());
    let _all: Vec<_> = (0..5).map(|_| machine.admit().unwrap()).collect();
    let refusal = Refusal::new(PolicyKind::Shed, RefusalReason::Overloaded);
    assert_eq!(
        machine.admit().map(drop),
        Err(refusal.with_retry_after(SECOND))
    );
}

#[test]
fn machine_below_the_limit_admits_all() {
    let machine = Machine::new();
    machine.load(89);
    machine.work();
    assert_eq!(machine.admitted_of_ten(), 10);
    assert!(!machine.shedder.is_shedding());
}

#[test]
fn busy_machine_without_an_estimate_admits_all() {
    let machine = Machine::new();
    machine.load(100);
    assert_eq!(machine.admitted_of_ten(), 10);
}

#[test]
fn shedding_ends_a_second_after_the_load() {
    let machine = Machine::new();
    machine.load(95);
    machine.work();
    assert_eq!(machine.admitted_of_ten(), 5);
    machine
        .shedder
        .configure(ShedConfig::new().cpu(1.0))
        .unwrap();
    machine.clock.advance(SECOND - Duration::from_nanos(1));
    assert_eq!(machine.admitted_of_ten(), 5);
    machine.clock.advance(Duration::from_nanos(1));
    assert_eq!(machine.admitted_of_ten(), 10);
    assert!(!machine.shedder.is_shedding());
}

#[test]
fn refusal_states_when_shedding_ends() {
    let machine = Machine::new();
    machine.load(95);
    machine.work();
    let _all: Vec<_> = (0..5).map(|_| machine.admit().unwrap()).collect();
    let wait = || machine.admit().unwrap_err().retry_after();
    // While the machine is busy, each refusal restarts the second.
    for _ in 0..3 {
        assert_eq!(wait(), Some(SECOND));
        machine.clock.advance(SECOND / 4);
    }
    let idle = ShedConfig::new().cpu(1.0);
    machine.shedder.configure(idle).unwrap();
    assert_eq!(wait(), Some(SECOND * 3 / 4));
    machine.clock.advance(SECOND / 2);
    assert_eq!(wait(), Some(SECOND / 4));
    machine.clock.advance(SECOND / 4);
    assert!(machine.admit().is_ok());
}

#[test]
fn each_change_of_state_is_counted_and_is_one_event() {
    let events = EventRecorder::start();
    let mut machine = Machine::new();
    let changes = ShedChanges::default();
    let shedder = machine.shedder.counted(changes.clone());
    machine.shedder = shedder.named("test.Busy.call");
    let event = |change| vec![format!("WARN policy=shed name=test.Busy.call {change}")];
    let counted = || {
        let read = changes.read(PolicyKind::Shed, STATES);
        read.map(|changes| (changes.from, changes.to, changes.count))
            .collect::<Vec<_>>()
    };
    machine.load(95);
    machine.work();
    assert_eq!(counted(), []);
    assert_eq!(events.take(), [""; 0]);
    for _ in 0..3 {
        assert_eq!(machine.admitted_of_ten(), 5);
    }
    assert_eq!(counted(), [("passing", "shedding", 1)]);
    assert_eq!(events.take(), event("from=passing to=shedding"));
    machine.load(0);
    for _ in 0..3 {
        assert_eq!(machine.admitted_of_ten(), 10);
    }
    let once_each = [("passing", "shedding", 1), ("shedding", "passing", 1)];
    assert_eq!(counted(), once_each);
    assert_eq!(events.take(), event("from=shedding to=passing"));
}

#[test]
fn unknown_load_admits_all() {
    let clock = ManualClock::new();
    let shedder = Shedder::with_clock(ShedConfig::new(), clock.clock());
    let shedder = shedder.metered(CpuMeter::of(|| None));
    assert_eq!(shedder.cpu(clock.now()), None);
    let permits: Vec<_> = (0..100).map(|_| shedder.admit(clock.now())).collect();
    assert!(permits.iter().all(Result::is_ok));
}

#[test]
fn load_is_an_average_over_seconds() {
    let machine = Machine::new();
    let load = |percent, time| {
        machine.percent.store(percent, SeqCst);
        machine.clock.advance(time);
        machine.shedder.cpu(machine.clock.now()).unwrap()
    };
    assert_eq!(load(40, Duration::ZERO), 0.4);
    // Within the interval no call measures.
    assert_eq!(load(100, Duration::from_millis(249)), 0.4);
    // One interval later a twentieth is new. The meter started a little after
    // the clock, which the second millisecond is for.
    let average = load(100, Duration::from_millis(2));
    assert!((average - 0.43).abs() < 1e-3, "{average}");
    let average = load(0, 60 * SECOND);
    assert!(average < 1e-3, "{average}");
}

#[tokio::test]
async fn calls_that_are_refused_or_fail_or_are_given_up_are_not_recorded() {
    let machine = Machine::new();
    let refused = Status::from(Refusal::new(
        PolicyKind::RateLimit,
        RefusalReason::RateExceeded,
    ));
    for _ in 0..100 {
        for failed in [refused.clone(), Status::deadline_exceeded("too late")] {
            let call = machine.shedder.run(async { Err::<(), _>(failed) });
            assert!(call.await.is_err());
        }
        drop(machine.admit().unwrap());
    }
    machine.load(100);
    // Nothing was recorded, so there is no estimate.
    assert_eq!(machine.admitted_of_ten(), 10);
}

#[tokio::test]
async fn refusal_is_the_status_of_the_call() {
    let machine = Machine::new();
    machine.load(95);
    machine.work();
    let _all: Vec<_> = (0..5).map(|_| machine.admit().unwrap()).collect();
    let status = machine
        .shedder
        .run(async { Ok::<_, Status>(()) })
        .await
        .unwrap_err();
    assert_eq!(status.code(), crate::model::code::Code::Unavailable);
    assert_eq!(status.message(), "the server is overloaded");
    assert_eq!(status.retry_after(), Some(SECOND));
}

#[test]
fn invalid_share_is_an_error() {
    for cpu in [0.0, -0.5, 1.1, f64::NAN, f64::INFINITY] {
        let problem = ShedConfig::new().cpu(cpu).check().unwrap_err().problem();
        assert_eq!(problem, "`cpu` must be above 0 and at most 1");
    }
    assert_eq!(ShedConfig::new().check(), Ok(()));
    let machine = Machine::new();
    assert!(
        machine
            .shedder
            .configure(ShedConfig::new().cpu(2.0))
            .is_err()
    );
    assert_eq!(machine.shedder.config(), ShedConfig::new());
}
