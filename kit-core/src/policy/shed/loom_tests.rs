//! The turn of a slice and of a measurement, in every order of two threads.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use loom::sync::Arc;
use loom::thread;

use super::meter::CpuMeter;
use super::slice::Slice;
use super::window::{SLICE, Window};

fn check(what: &str, model: impl Fn() + Sync + Send + 'static) {
    let executions = StdArc::new(AtomicUsize::new(0));
    let counted = StdArc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        model();
    });
    println!("{what}: {} executions", executions.load(Relaxed));
}

/// Calls that each took a whole slice: the estimate is how many of them the
/// one full slice has.
fn calls(window: &Window, slice: u64, count: usize) {
    for _ in 0..count {
        window.record(slice * SLICE, SLICE);
    }
}

/// The model has two slices, so that the one of 0 is also that of 2.
fn race(ours: u64, theirs: u64) -> Option<u32> {
    let window = Arc::new(Window::new());
    calls(&window, 0, 5);
    let other = Arc::clone(&window);
    let thread = thread::spawn(move || calls(&other, theirs, 1));
    calls(&window, ours, 1);
    thread.join().unwrap();
    window.most_in_flight(3 * SLICE)
}

#[test]
fn loom_shed_of_calls_that_turn_a_slice_over_none_is_lost_or_counted_twice() {
    check("two calls turn a slice over", || {
        assert_eq!(race(2, 2), Some(2));
    });
}

#[test]
fn loom_shed_a_call_told_late_does_not_count_in_the_slice_of_now() {
    check("a late call beside the turn", || {
        assert_eq!(race(2, 0), Some(1));
    });
}

#[test]
fn loom_shed_no_call_is_seen_without_its_time() {
    check("a measurement beside a call", || {
        let slice = Arc::new(Slice::default());
        slice.record(1, SLICE);
        let other = Arc::clone(&slice);
        let thread = thread::spawn(move || other.calls(1).unwrap().mean);
        slice.record(1, SLICE);
        let mean = thread.join().unwrap();
        // Or a time without its call, which makes calls seem longer.
        assert!(mean >= SLICE as f64, "{mean}");
    });
}

#[test]
fn loom_shed_of_those_who_ask_at_once_one_measures() {
    check("two ask for the load", || {
        let measured = StdArc::new(AtomicUsize::new(0));
        let counted = StdArc::clone(&measured);
        let meter = CpuMeter::of(move || {
            counted.fetch_add(1, Relaxed);
            Some(0.5)
        });
        let now = std::time::Instant::now();
        let other = meter.clone();
        let thread = thread::spawn(move || other.share(now));
        let ours = meter.share(now);
        let theirs = thread.join().unwrap();
        // Who does not measure takes what is there, which may be nothing yet.
        for share in [ours, theirs] {
            assert!(matches!(share, None | Some(0.5)), "{share:?}");
        }
        assert_eq!(meter.share(now), Some(0.5));
        assert_eq!(measured.load(Relaxed), 1);
    });
}
