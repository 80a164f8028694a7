//! What the budget holds, earns and spends.

use super::*;

#[test]
fn calls_pay_for_a_fifth_of_a_retry_for_ten_seconds() {
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
fn the_reserve_is_ten_a_second_and_comes_back() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, RetryBudget::RESERVE);
    let spent = (0..200).filter(|_| budget.spend(now)).count();
    assert_eq!(spent, 100);
    assert!(!budget.spend(now + 9 * SECOND));
    assert!(budget.spend(now + 10 * SECOND));
}

#[test]
fn a_budget_that_is_full_or_empty_stays_within_its_word() {
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
fn a_clock_that_steps_back_neither_wipes_nor_gains() {
    let now = Instant::now();
    let budget = RetryBudget::starting(now, 0);
    let later = now + 15 * SECOND;
    budget.earn(2.0, later);
    // Second 5 has the slot of second 15.
    budget.earn(1.0, now + 5 * SECOND);
    assert_eq!(budget.left(later), 3);
}

#[test]
fn many_threads_spend_what_there_is_and_no_more() {
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
    // Earned: 8,000 tenths. The last few may have come too late for any spend.
    let total = spent.load(Ordering::Relaxed) + budget.left(now);
    assert_eq!(total, 1300);
}

#[test]
fn a_peer_that_is_down_gets_a_fifth_more_and_not_three_times_as_much() {
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
    // A call that did not get its last retry, or none.
    assert!(retry.gave_up(GaveUp::Budget) > 800);
}
