//! Every order of threads that use the gate, or change its limit.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc as StdArc;
use std::task::{Context, Wake, Waker};

use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::sync::{Arc, Notify};
use loom::thread;

use super::ConcurrencyLimiter;
use super::gate::{Entry, Gate};
use crate::model::code::Code;
use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};

fn check(model: impl Fn() + Sync + Send + 'static) {
    let executions = StdArc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = StdArc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        model();
    });
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    eprintln!("{name}: {executions:?} executions");
}

struct Signal(Notify);

impl Wake for Signal {
    fn wake(self: StdArc<Self>) {
        self.0.notify();
    }
}

/// Waits for admission; loom reports a lost wake-up as a deadlock.
fn wait(future: impl Future<Output = ()>) {
    let signal = StdArc::new(Signal(Notify::new()));
    let waker = Waker::from(StdArc::clone(&signal));
    let mut future = pin!(future);
    while future
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_pending()
    {
        signal.0.wait();
    }
}

/// A gate, and an independent count of the calls in flight.
struct Room {
    gate: Gate,
    in_flight: AtomicUsize,
}

impl Room {
    fn new(limit: u32, queue_max: u32) -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(limit, queue_max),
            in_flight: AtomicUsize::new(0),
        })
    }

    fn visit(&self, most: usize) {
        match self.gate.enter() {
            Entry::Admitted => {}
            Entry::Waiting(waiting) => wait(waiting),
            Entry::Full => panic!("the queue has room for all"),
        }
        assert!(
            self.in_flight.fetch_add(1, SeqCst) < most,
            "too many calls in flight"
        );
        self.in_flight.fetch_sub(1, SeqCst);
        self.gate.leave();
    }

    fn assert_empty(&self) {
        assert_eq!((self.gate.in_flight(), self.gate.waiting()), (0, 0));
    }
}

#[test]
fn loom_no_wake_up_is_lost_and_the_limit_holds() {
    check(|| {
        let room = Room::new(1, 2);
        let visits: Vec<_> = (0..2)
            .map(|_| {
                let room = Arc::clone(&room);
                thread::spawn(move || room.visit(1))
            })
            .collect();
        room.visit(1);
        for visit in visits {
            visit.join().unwrap();
        }
        room.assert_empty();
    });
}

#[test]
fn loom_cancelled_waiter_passes_its_place_on() {
    check(|| {
        let room = Room::new(1, 2);
        assert!(room.gate.try_enter());
        let cancelled = {
            let room = Arc::clone(&room);
            thread::spawn(move || match room.gate.enter() {
                Entry::Admitted => room.gate.leave(),
                Entry::Waiting(waiting) => drop(waiting),
                Entry::Full => panic!("the queue has room for all"),
            })
        };
        let waiting = {
            let room = Arc::clone(&room);
            thread::spawn(move || room.visit(1))
        };
        room.gate.leave();
        cancelled.join().unwrap();
        waiting.join().unwrap();
        room.assert_empty();
    });
}

#[test]
fn loom_raised_limit_admits_a_new_waiter() {
    check(|| {
        let room = Room::new(1, 1);
        assert!(room.gate.try_enter());
        let waiting = {
            let room = Arc::clone(&room);
            thread::spawn(move || match room.gate.enter() {
                Entry::Admitted => {}
                Entry::Waiting(waiting) => wait(waiting),
                Entry::Full => panic!("the queue has room"),
            })
        };
        room.gate.set_limit(2);
        room.gate.admit_waiters();
        waiting.join().unwrap();
        assert_eq!((room.gate.in_flight(), room.gate.waiting()), (2, 0));
    });
}

#[test]
fn loom_fast_path_respects_the_limit() {
    check(|| {
        let room = Room::new(2, 0);
        let entered = Arc::new(AtomicUsize::new(0));
        let calls: Vec<_> = (0..2)
            .map(|_| {
                let (room, entered) = (Arc::clone(&room), Arc::clone(&entered));
                thread::spawn(move || {
                    if room.gate.try_enter() {
                        entered.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        if room.gate.try_enter() {
            entered.fetch_add(1, SeqCst);
        }
        for call in calls {
            call.join().unwrap();
        }
        assert_eq!(entered.load(SeqCst), 2);
        assert_eq!(room.gate.in_flight(), 2);
    });
}

#[test]
fn loom_late_sample_does_not_undo_a_change() {
    let now = std::time::Instant::now();
    check(move || {
        let adaptive = ConcurrencyConfig::adaptive().algorithm(AdaptiveLimit::Aimd);
        let limiter = Arc::new(ConcurrencyLimiter::new(adaptive));
        let sample = {
            let limiter = Arc::clone(&limiter);
            thread::spawn(move || {
                let permit = limiter.admit(now).unwrap();
                permit.record(Code::Unavailable, now);
            })
        };
        limiter.configure(ConcurrencyConfig::new(7)).unwrap();
        sample.join().unwrap();
        assert_eq!((limiter.limit(), limiter.in_flight()), (7, 0));
    });
}
