//! Every order in which threads can meet at the gate, and at what moves its
//! limit.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

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
    let counted = StdArc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
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

/// Waits to be let in; a wake-up that is lost never ends, and loom says so.
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

/// A gate, and who is behind it.
struct Room {
    gate: Gate,
    inside: AtomicUsize,
}

impl Room {
    fn new(limit: u32, queue_max: u32) -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(limit, queue_max),
            inside: AtomicUsize::new(0),
        })
    }

    fn visit(&self, most: usize) {
        match self.gate.enter() {
            Entry::Inside => {}
            Entry::Waiting(waiting) => wait(waiting),
            Entry::Full => panic!("the queue has room for all"),
        }
        assert!(self.inside.fetch_add(1, SeqCst) < most, "too many inside");
        self.inside.fetch_sub(1, SeqCst);
        self.gate.leave();
    }

    fn assert_empty(&self) {
        assert_eq!((self.gate.inside(), self.gate.waiting()), (0, 0));
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
fn loom_who_goes_away_passes_the_place_on() {
    check(|| {
        let room = Room::new(1, 2);
        assert!(room.gate.try_enter());
        let goes_away = {
            let room = Arc::clone(&room);
            thread::spawn(move || match room.gate.enter() {
                Entry::Inside => room.gate.leave(),
                Entry::Waiting(waiting) => drop(waiting),
                Entry::Full => panic!("the queue has room for all"),
            })
        };
        let stays = {
            let room = Arc::clone(&room);
            thread::spawn(move || room.visit(1))
        };
        room.gate.leave();
        goes_away.join().unwrap();
        stays.join().unwrap();
        room.assert_empty();
    });
}

#[test]
fn loom_a_limit_that_rises_lets_in_who_just_joined() {
    check(|| {
        let room = Room::new(1, 1);
        assert!(room.gate.try_enter());
        let joins = {
            let room = Arc::clone(&room);
            thread::spawn(move || match room.gate.enter() {
                Entry::Inside => {}
                Entry::Waiting(waiting) => wait(waiting),
                Entry::Full => panic!("the queue has room"),
            })
        };
        room.gate.set_limit(2);
        room.gate.let_in();
        joins.join().unwrap();
        assert_eq!((room.gate.inside(), room.gate.waiting()), (2, 0));
    });
}

#[test]
fn loom_the_quick_way_in_keeps_to_the_limit() {
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
        assert_eq!(room.gate.inside(), 2);
    });
}

#[test]
fn loom_a_late_sample_does_not_undo_a_change() {
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
