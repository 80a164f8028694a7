//! A slice that begins another lap, and one measurement, under every order of
//! two threads.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use loom::sync::Arc;
use loom::thread;

use super::meter::CpuMeter;
use super::slice::Slice;
use super::window::{SLICE, Window};

fn check(what: &str, model: impl Fn() + Sync + Send + 'static) {
    let executions = StdArc::new(AtomicUsize::new(0));
    let counter = StdArc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counter.fetch_add(1, Relaxed);
        model();
    });
    println!("{what}: {} executions", executions.load(Relaxed));
}

/// Records `count` calls that each took a whole slice, so that the estimate
/// equals the number of calls in the one full slice.
fn calls(window: &Window, slice: u64, count: usize) {
    for _ in 0..count {
        window.record(slice * SLICE, SLICE);
    }
}

/// The model has two slices, so slice 0 is reused as slice 2.
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
fn loom_shed_calls_that_turn_a_slice_over_are_counted_once() {
    check("two calls turn a slice over", || {
        assert_eq!(race(2, 2), Some(2));
    });
}

#[test]
fn loom_shed_late_call_is_not_counted_in_the_current_slice() {
    check("a late call while a slice is turned over", || {
        assert_eq!(race(2, 0), Some(1));
    });
}

#[test]
fn loom_shed_no_call_is_seen_without_its_duration() {
    check("a reading during a call", || {
        let slice = Arc::new(Slice::default());
        slice.record(1, SLICE);
        let other = Arc::clone(&slice);
        let thread = thread::spawn(move || other.calls(1).unwrap().mean);
        slice.record(1, SLICE);
        let mean = thread.join().unwrap();
        // Or a duration without its call, which makes calls seem longer.
        assert!(mean >= SLICE as f64, "{mean}");
    });
}

#[test]
fn loom_shed_one_of_two_concurrent_readers_measures() {
    check("two threads read the load", || {
        let measured = StdArc::new(AtomicUsize::new(0));
        let counter = StdArc::clone(&measured);
        let meter = CpuMeter::of(move || {
            counter.fetch_add(1, Relaxed);
            Some(0.5)
        });
        let now = std::time::Instant::now();
        let other = meter.clone();
        let thread = thread::spawn(move || other.share(now));
        let ours = meter.share(now);
        let theirs = thread.join().unwrap();
        // The other thread takes the present average, which may not exist yet.
        for share in [ours, theirs] {
            assert!(matches!(share, None | Some(0.5)), "{share:?}");
        }
        assert_eq!(meter.share(now), Some(0.5));
        assert_eq!(measured.load(Relaxed), 1);
    });
}
