//! The fast path of a throttle under every interleaving that loom explores.

use std::sync::atomic::AtomicUsize;

use loom::sync::Arc;
use loom::thread;

use super::*;

/// Runs two operations in parallel threads at the moment when the period of
/// failures expires, then checks an invariant.
fn race(what: &str, ours: fn(&Throttle), theirs: fn(&Throttle), invariant: fn(&Throttle)) {
    let executions = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&executions);
    loom::model(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        let throttle = Arc::new(Throttle::new(ThrottleConfig::new()));
        throttle.failing_until.store(EXPIRY, Ordering::Relaxed);
        let other = Arc::clone(&throttle);
        let thread = thread::spawn(move || theirs(&other));
        ours(&throttle);
        thread.join().expect("no panic");
        invariant(&throttle);
    });
    println!("{what}: {} executions", executions.load(Ordering::Relaxed));
}

/// The time at which the period of failures expires.
const EXPIRY: u64 = 1;

fn settle(throttle: &Throttle) {
    throttle.settle(EXPIRY);
}

#[test]
fn loom_throttle_failure_during_settle_is_seen() {
    fn fail(throttle: &Throttle) {
        throttle.count(EXPIRY, true);
    }
    race("a failure during settle", settle, fail, |throttle| {
        let until = throttle.failing_until.load(Ordering::Relaxed);
        assert!(until > EXPIRY, "{until}");
    });
}

#[test]
fn loom_throttle_dropping_that_begins_during_settle_is_seen_to_end() {
    fn begin(throttle: &Throttle) {
        throttle.set_dropping(true, EXPIRY);
    }
    race("dropping during settle", settle, begin, |throttle| {
        assert!(throttle.dropping.load(Ordering::Relaxed));
        assert_eq!(throttle.failing_until.load(Ordering::Relaxed), EXPIRY);
    });
}
