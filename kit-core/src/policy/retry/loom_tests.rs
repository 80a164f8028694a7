//! The budget under every interleaving that loom explores.

use std::time::{Duration, Instant};

use loom::sync::Arc;
use loom::thread;

use super::RetryBudget;

fn explore(what: &str, check: impl Fn() + Sync + Send + 'static) {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let executions = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        check();
    });
    println!("{what}: {} executions", executions.load(Ordering::Relaxed));
}

#[test]
fn loom_retry_last_token_is_spent_once() {
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
fn loom_retry_no_earning_or_spending_is_lost() {
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
fn loom_retry_slot_of_the_last_lap_is_replaced_once() {
    let start = Instant::now();
    explore("a lap later", move || {
        let budget = Arc::new(RetryBudget::starting(start, 0));
        budget.earn(5.0, start);
        // The same slot, a window later: its earlier balance has expired.
        let later = start + RetryBudget::WINDOW;
        let other = Arc::clone(&budget);
        let thread = thread::spawn(move || other.earn(1.0, later));
        budget.earn(1.0, later);
        thread.join().expect("no panic");
        assert_eq!(budget.left(later), 2);
    });
}

#[test]
fn loom_retry_threads_on_both_sides_of_a_second_overspend_by_at_most_one() {
    let start = Instant::now();
    explore("the end of a second", move || {
        let budget = Arc::new(RetryBudget::starting(start, 1));
        let other = Arc::clone(&budget);
        let later = start + Duration::from_secs(1);
        let thread = thread::spawn(move || u32::from(other.spend(later)));
        let here = u32::from(budget.spend(start));
        let spent = here + thread.join().expect("no panic");
        assert!((1..=2).contains(&spent), "{spent}");
        // The debt remains: no thread can spend before it is repaid.
        assert!(!budget.spend(later));
    });
}
