//! The budget under every interleaving that loom finds.

use std::time::{Duration, Instant};

use loom::sync::Arc;
use loom::thread;

use super::RetryBudget;

fn explore(what: &str, check: impl Fn() + Sync + Send + 'static) {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&count);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        check();
    });
    println!("{what}: {} executions", count.load(Ordering::Relaxed));
}

#[test]
fn loom_retry_two_that_want_the_last_token_never_both_get_it() {
    let start = Instant::now();
    explore("the last token", move || {
        let budget = Arc::new(RetryBudget::starting(start, 1));
        let other = Arc::clone(&budget);
        let thread = thread::spawn(move || other.spend(start));
        let here = budget.spend(start);
        let there = thread.join().expect("no panic");
        assert!(here != there, "{here} {there}");
        assert_eq!(budget.left(start), 0);
    });
}

#[test]
fn loom_retry_nothing_earned_or_spent_is_lost() {
    let start = Instant::now();
    explore("earn, spend, give back", move || {
        let budget = Arc::new(RetryBudget::starting(start, 1));
        let other = Arc::clone(&budget);
        let thread = thread::spawn(move || {
            other.earn(1.0, start);
            other.spend(start)
        });
        budget.earn(1.0, start);
        let here = budget.spend(start);
        if here {
            budget.give_back(start);
        }
        let there = thread.join().expect("no panic");
        assert!(here && there);
        assert_eq!(budget.left(start), 2);
    });
}

#[test]
fn loom_retry_a_slot_of_the_last_lap_is_replaced_once() {
    let start = Instant::now();
    explore("a lap later", move || {
        let budget = Arc::new(RetryBudget::starting(start, 0));
        budget.earn(5.0, start);
        // The same slot, a window later: what it held is gone.
        let later = start + RetryBudget::WINDOW;
        let other = Arc::clone(&budget);
        let thread = thread::spawn(move || other.earn(1.0, later));
        budget.earn(1.0, later);
        thread.join().expect("no panic");
        assert_eq!(budget.left(later), 2);
    });
}

#[test]
fn loom_retry_threads_on_both_sides_of_a_second_overspend_by_one_at_most() {
    let start = Instant::now();
    explore("the turn of a second", move || {
        let budget = Arc::new(RetryBudget::starting(start, 1));
        let other = Arc::clone(&budget);
        let later = start + Duration::from_secs(1);
        let thread = thread::spawn(move || u32::from(other.spend(later)));
        let here = u32::from(budget.spend(start));
        let spent = here + thread.join().expect("no panic");
        assert!((1..=2).contains(&spent), "{spent}");
        // The debt is kept: nobody spends before it is paid.
        assert!(!budget.spend(later));
    });
}
