//! The quick way past a throttle under every interleaving that loom finds.

use std::sync::atomic::AtomicUsize;

use loom::sync::Arc;
use loom::thread;

use super::*;

/// One part in a thread of its own beside another in this one, while the
/// trouble of before comes to its end.
fn race(what: &str, ours: fn(&Throttle), theirs: fn(&Throttle), law: fn(&Throttle)) {
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&count);
    loom::model(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        let throttle = Arc::new(Throttle::new(ThrottleConfig::new()));
        throttle.troubled_until.store(OVER, Ordering::Relaxed);
        let other = Arc::clone(&throttle);
        let thread = thread::spawn(move || theirs(&other));
        ours(&throttle);
        thread.join().expect("no panic");
        law(&throttle);
    });
    println!("{what}: {} executions", count.load(Ordering::Relaxed));
}

/// When the trouble of before is over.
const OVER: u64 = 1;

fn settle(throttle: &Throttle) {
    throttle.settle(OVER);
}

#[test]
fn loom_throttle_a_call_that_fails_while_it_settles_is_seen() {
    fn fail(throttle: &Throttle) {
        throttle.count(OVER, true);
    }
    race("a failure while it settles", settle, fail, |throttle| {
        let until = throttle.troubled_until.load(Ordering::Relaxed);
        assert!(until > OVER, "{until}");
    });
}

#[test]
fn loom_throttle_dropping_that_begins_while_it_settles_is_seen_to_end() {
    fn begin(throttle: &Throttle) {
        throttle.turn(true, OVER);
    }
    race("dropping while it settles", settle, begin, |throttle| {
        assert!(throttle.dropping.load(Ordering::Relaxed));
        assert_eq!(throttle.troubled_until.load(Ordering::Relaxed), OVER);
    });
}
