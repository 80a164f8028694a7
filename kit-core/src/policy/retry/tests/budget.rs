//! The balance of the budget.

use super::*;

#[test]
fn call_earns_a_fifth_of_a_retry_for_ten_seconds() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, 0);
    for _ in 0..100 {
        budget.earn(0.2, now);
    }
    assert_eq!(budget.left(now), 20);
    assert_eq!(budget.left(now + 9 * SECOND), 20);
    assert_eq!(budget.left(now + 10 * SECOND), 0);
}

#[test]
fn reserve_is_ten_a_second_and_is_renewed() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, RetryBudget::RESERVE);
    let spent = (0..200).filter(|_| budget.spend(now)).count();
    assert_eq!(spent, 100);
    assert!(!budget.spend(now + 9 * SECOND));
    assert!(budget.spend(now + 10 * SECOND));
}

#[test]
fn full_budget_does_not_overflow() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, 0);
    for _ in 0..30_000 {
        budget.earn(100.0, now);
    }
    let left = budget.left(now);
    budget.earn(100.0, now);
    assert!(left > 2_000_000);
    assert_eq!(budget.left(now) - left, 0);
    assert!(budget.spend(now));
}

#[test]
fn clock_that_steps_back_keeps_the_balance() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, 0);
    let later = now + 15 * SECOND;
    budget.earn(2.0, later);
    // Second 5 has the slot of second 15.
    budget.earn(1.0, now + 5 * SECOND);
    assert_eq!(budget.left(later), 3);
}

#[test]
fn many_threads_spend_exactly_the_balance() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, 500);
    let spent = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    budget.earn(0.1, now);
                    if budget.spend(now) {
                        spent.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    // Earned: 8,000 tenths. The last few may be too late for a spend.
    let total = spent.load(Ordering::Relaxed) + budget.left(now);
    assert_eq!(total, 1300);
}

#[test]
fn peer_that_is_down_gets_a_fifth_more_calls() {
    let clock = ManualClock::new();
    let retry = Retry::with_clock(RetryConfig::new(), clock.clock())
        .with_budget(Arc::new(RetryBudget::starting(clock.now(), 0)));
    let mut sent = 0;
    for _ in 0..1000 {
        let now = clock.now();
        let mut attempts = retry.begin(now);
        sent += 1;
        while attempts
            .after(Failed::new(Code::Unavailable), now, None, 0)
            .is_some()
        {
            sent += 1;
        }
        clock.advance(Duration::from_millis(5));
    }
    assert_eq!(sent, 1200);
    assert_eq!(retry.retries(), 200);
    // Calls without their last retry, or without any.
    assert!(retry.gave_up(GaveUp::Budget) > 800);
}
