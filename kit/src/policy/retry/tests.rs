//! The budget beside a plain model; the decisions; whole calls on a paused
//! clock.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::context::Context;
use crate::descriptor::MethodMeta;
use crate::endpoint::{Chain, Endpoint, EndpointFn};
use crate::method::Method;
use crate::policy::{CodeSet, ManualClock, PolicyKind, Refusal, RefusalReason};
use crate::status::Status;

const SECOND: Duration = Duration::from_secs(1);
const EVERYTHING: CodeSet = CodeSet::of(&Code::ALL).without(CodeSet::of(&[Code::Ok]));

struct Echo;

impl Method for Echo {
    type Request = u32;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

/// No wait and a budget that never runs out.
fn eager(attempts: u32) -> RetryConfig {
    RetryConfig::new()
        .attempts(attempts)
        .backoff(Duration::ZERO, Duration::ZERO)
        .budget(100.0)
}

/// What the budget is, in the plainest words: all that was earned and spent,
/// by second.
struct Model {
    reserve: i64,
    changes: Vec<(u64, i64)>,
}

impl Model {
    fn change(&mut self, second: u64, by: i64) {
        self.changes.push((second, by));
    }

    fn balance(&self, second: u64) -> i64 {
        let recent = self.changes.iter().filter(|(at, _)| at + 10 > second);
        self.reserve + recent.map(|(_, by)| by).sum::<i64>()
    }

    fn spend(&mut self, second: u64) -> bool {
        let can = self.balance(second) >= 1000;
        if can {
            self.change(second, -1000);
        }
        can
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Earn(u32),
    Spend,
    GiveBack,
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_u32..3000).prop_map(Step::Earn),
        8 => Just(Step::Spend),
        1 => Just(Step::GiveBack),
        3 => (0_u64..2500).prop_map(Step::Pass),
        1 => prop_oneof![Just(9_999), Just(10_000), Just(10_001), 0_u64..100_000_000]
            .prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_budget_is_what_its_model_is(
        reserve in 0_u32..4,
        steps in prop::collection::vec(step(), 400),
    ) {
        let start = Instant::now();
        let mut now = start;
        let budget = RetryBudget::starting(start, reserve);
        let mut model = Model { reserve: i64::from(reserve) * 1000, changes: Vec::new() };
        for step in steps {
            let second = (now - start).as_secs();
            match step {
                Step::Earn(thousandths) => {
                    budget.earn(f64::from(thousandths) / 1000.0, now);
                    model.change(second, i64::from(thousandths));
                }
                Step::Spend => prop_assert_eq!(budget.spend(now), model.spend(second)),
                Step::GiveBack => {
                    budget.give_back(now);
                    model.change(second, 1000);
                }
                Step::Pass(milliseconds) => now += Duration::from_millis(milliseconds),
            }
            let second = (now - start).as_secs();
            let left = u32::try_from(model.balance(second) / 1000).unwrap_or(0);
            prop_assert_eq!(budget.left(now), left);
        }
    }
}

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
fn each_wrong_value_is_named() {
    let check = |config: RetryConfig, key: &str| {
        let invalid = config.check().expect_err(key);
        assert!(invalid.problem().starts_with(key), "{invalid}");
        assert_eq!(invalid.policy(), PolicyKind::Retry);
    };
    let new = RetryConfig::new();
    check(new.attempts(0), "`attempts`");
    check(new.backoff(SECOND, SECOND / 2), "`backoff`");
    check(new.on(CodeSet::of(&[Code::Ok])), "`on`");
    check(new.attempt_timeout(Duration::ZERO), "`attempt_timeout`");
    check(new.budget(-0.1), "`budget`");
    check(new.budget(f64::NAN), "`budget`");
    assert_eq!(new.check(), Ok(()));
}

#[test]
fn only_declared_codes_are_tried_again() {
    let retry = Retry::new(eager(2));
    let now = Instant::now();
    for code in Code::ALL {
        let again = retry.begin(now).after(Failed::new(code), now, None, 0);
        assert_eq!(again.is_some(), code == Code::Unavailable, "{code}");
    }
}

#[test]
fn a_refusal_of_this_process_is_not_tried_again_and_spends_nothing() {
    let retry = Retry::new(eager(9).on(EVERYTHING).budget(0.0));
    let now = Instant::now();
    let left = retry.budget().left(now);
    for policy in [PolicyKind::Breaker, PolicyKind::RateLimit] {
        let refusal = Status::from(Refusal::new(policy, RefusalReason::Open));
        let wait = retry.begin(now).after(Failed::of(&refusal), now, None, 0);
        assert_eq!(wait, None);
    }
    assert_eq!(retry.budget().left(now), left);

    // One that the peer made is the peer's answer.
    let theirs = Status::unavailable("the breaker is open").with_field("policy", "breaker");
    assert!(
        retry
            .begin(now)
            .after(Failed::of(&theirs), now, None, 0)
            .is_some()
    );
    assert_eq!(retry.budget().left(now), left - 1);
}

#[test]
fn what_is_not_tried_again_spends_nothing() {
    let retry = Retry::new(RetryConfig::new().budget(0.0).attempts(2));
    let now = Instant::now();
    let failed = Failed::new(Code::Unavailable);
    let left = retry.budget().left(now);
    let long = Duration::from_secs(60);
    assert_eq!(
        retry
            .begin(now)
            .after(Failed::new(Code::NotFound), now, None, 0),
        None
    );
    assert_eq!(retry.begin(now).after(failed, now, Some(now), 0), None);
    assert_eq!(retry.begin(now).after(failed, now, None, 1), None);
    assert_eq!(
        retry
            .begin(now)
            .after(failed.retry_after(long), now, None, 0),
        None
    );
    assert_eq!(retry.budget().left(now), left);
    assert_eq!(retry.gave_up(GaveUp::Deadline), 1);
    assert_eq!(retry.gave_up(GaveUp::Chain), 1);
    assert_eq!(retry.gave_up(GaveUp::Pushback), 1);

    let mut attempts = retry.begin(now);
    assert!(attempts.after(failed, now, None, 0).is_some());
    assert_eq!(attempts.after(failed, now, None, 0), None);
    assert_eq!(retry.gave_up(GaveUp::Attempts), 1);
    assert_eq!(retry.budget().left(now), left - 1);
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

#[test]
fn a_pushback_lengthens_the_wait_and_is_never_undercut() {
    fastrand::seed(1);
    let retry = Retry::new(RetryConfig::new());
    let now = Instant::now();
    let asked = Duration::from_secs(5);
    for _ in 0..100 {
        let failed = Failed::new(Code::Unavailable).retry_after(asked);
        let wait = retry
            .begin(now)
            .after(failed, now, None, 0)
            .expect("tries again");
        assert!(
            (asked..=asked + Duration::from_millis(20)).contains(&wait),
            "{wait:?}"
        );
    }
}

#[test]
fn a_pushback_past_the_deadline_gives_up_at_once() {
    let retry = Retry::new(eager(3));
    let now = Instant::now();
    let failed = Failed::new(Code::Unavailable).retry_after(SECOND);
    let check = |deadline, expected| {
        let wait = retry.begin(now).after(failed, now, Some(deadline), 0);
        assert_eq!(wait, expected);
    };
    check(now + SECOND, None);
    check(now + SECOND + Duration::from_nanos(1), Some(SECOND));
    assert_eq!(retry.gave_up(GaveUp::Pushback), 1);
}

#[test]
fn a_pushback_is_bounded_and_the_longest_says_never() {
    let retry = Retry::new(eager(3));
    let now = Instant::now();
    let check = |asked, expected| {
        let failed = Failed::new(Code::Unavailable).retry_after(asked);
        assert_eq!(retry.begin(now).after(failed, now, None, 0), expected);
    };
    check(30 * SECOND, Some(30 * SECOND));
    check(30 * SECOND + Duration::from_nanos(1), None);
    check(Duration::MAX, None);

    let patient = Retry::new(eager(3).pushback_max(Duration::MAX));
    let failed = Failed::new(Code::Unavailable).retry_after(Duration::MAX);
    assert_eq!(
        patient.begin(now).after(failed, now, Some(now + SECOND), 0),
        None
    );
}

#[test]
fn configuring_keeps_the_budget_and_the_counts() {
    let retry = Retry::new(eager(2).budget(0.0));
    let now = Instant::now();
    let failed = Failed::new(Code::Aborted);
    assert_eq!(retry.begin(now).after(failed, now, None, 0), None);
    assert!(retry.configure(eager(0)).is_err());
    assert_eq!(retry.config(), eager(2).budget(0.0));

    let next = eager(2).budget(0.0).on(CodeSet::of(&[Code::Aborted]));
    assert_eq!(retry.configure(next), Ok(()));
    assert!(retry.begin(now).after(failed, now, None, 0).is_some());
    assert_eq!(retry.budget().left(now), 99);
    assert_eq!(retry.retries(), 1);
}

/// Fails as often as told, and notes what it saw.
#[derive(Default)]
struct Flaky {
    calls: AtomicU32,
    seen: Mutex<Vec<u32>>,
}

impl Flaky {
    fn endpoint(self: &Arc<Self>, failures: u32, error: Status) -> impl Endpoint<Echo> + use<> {
        let this = Arc::clone(self);
        EndpointFn::new(move |cx: Context, request: u32| {
            let call = this.calls.fetch_add(1, Ordering::Relaxed);
            this.seen
                .lock()
                .expect("unpoisoned")
                .push(cx.previous_attempts());
            let error = error.clone();
            async move {
                if call < failures {
                    Err(error)
                } else {
                    Ok(request)
                }
            }
        })
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_says_how_many_were_before_it() {
    let flaky = Arc::new(Flaky::default());
    let endpoint = Chain::new(
        Retry::new(eager(3)),
        flaky.endpoint(2, Status::unavailable("")),
    );
    let outcome = endpoint.call(&Context::new(), 7).await;
    assert_eq!(outcome.ok(), Some(7));
    assert_eq!(*flaky.seen.lock().expect("unpoisoned"), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_attempt_is_cut_and_tried_again() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let slow_once = EndpointFn::new(move |_: Context, request: u32| {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            if call == 0 {
                std::future::pending::<()>().await;
            }
            Ok(request)
        }
    });
    let config = eager(2).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), slow_once);
    let start = tokio::time::Instant::now();
    let outcome = Endpoint::<Echo>::call(&endpoint, &Context::new(), 7).await;
    assert_eq!(outcome.ok(), Some(7));
    assert_eq!(start.elapsed(), Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_that_is_cut_says_so() {
    let never = EndpointFn::new(|_: Context, _: u32| std::future::pending());
    let config = eager(3).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), never);
    let start = tokio::time::Instant::now();
    let status = Endpoint::<Echo>::call(&endpoint, &Context::new(), 7)
        .await
        .expect_err("never answers");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        status.message(),
        "no response within 50ms, the limit of one attempt"
    );
    assert_eq!(start.elapsed(), Duration::from_millis(150));
}

#[tokio::test(start_paused = true)]
async fn attempts_end_with_the_calls_deadline() {
    let never = EndpointFn::new(|_: Context, _: u32| std::future::pending());
    let config = eager(9).attempt_timeout(Duration::from_millis(50));
    let endpoint = Chain::new(Retry::new(config), never);
    let start = tokio::time::Instant::now();
    let cx = Context::new().with_timeout(Duration::from_millis(120));
    let outcome = Endpoint::<Echo>::call(&endpoint, &cx, 7).await;
    assert_eq!(
        outcome.map_err(|status| status.code()),
        Err(Code::DeadlineExceeded)
    );
    assert_eq!(start.elapsed(), Duration::from_millis(120));
}

#[tokio::test(start_paused = true)]
async fn waits_take_their_time() {
    fastrand::seed(3);
    let flaky = Arc::new(Flaky::default());
    let error = Status::unavailable("").with_retry_after(SECOND);
    let retry = Retry::new(RetryConfig::new());
    let endpoint = Chain::new(&retry, flaky.endpoint(1, error));
    let start = tokio::time::Instant::now();
    assert_eq!(endpoint.call(&Context::new(), 7).await.ok(), Some(7));
    let took = start.elapsed();
    // Tokio's timer has the resolution of a millisecond.
    assert!(
        (SECOND..=SECOND + Duration::from_millis(21)).contains(&took),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_function_is_tried_again_with_the_ambient_deadline_and_count() {
    let retry = Retry::new(eager(5).budget(0.0));
    let mut seen = Vec::new();
    let cx = Context::new().with_timeout(SECOND);
    let outcome: Result<u32, Status> = cx
        .scope(retry.run(|| {
            let cx = Context::current();
            assert!(cx.deadline().is_some());
            seen.push(cx.previous_attempts());
            let last = seen.len() == 3;
            async move {
                if last {
                    Ok(7)
                } else {
                    Err(Status::unavailable(""))
                }
            }
        }))
        .await;
    assert_eq!(outcome.ok(), Some(7));
    assert_eq!(seen, [0, 1, 2]);
}

/// One floor of a chain: a service that calls the next through a retry.
struct Floor<E> {
    retry: Retry,
    calls: Arc<AtomicU32>,
    next: E,
}

impl<E: Endpoint<Echo>> Endpoint<Echo> for Floor<E> {
    async fn call(&self, cx: &Context, request: u32) -> Result<u32, Status> {
        // What arrives is what was sent, as over any transport.
        let cx = cx.for_local_call();
        self.calls.fetch_add(1, Ordering::Relaxed);
        Chain::new(&self.retry, &self.next).call(&cx, request).await
    }
}

/// How often each of three floors, and the peer below, is called for one call
/// from outside, while the peer is down.
async fn amplification(config: RetryConfig) -> [u32; 4] {
    let counts: [Arc<AtomicU32>; 3] = Default::default();
    let bottom = Arc::new(Flaky::default());
    let floor = |number: usize| (Retry::new(config), Arc::clone(&counts[number]));
    let next = bottom.endpoint(u32::MAX, Status::unavailable("down"));
    let (retry, calls) = floor(2);
    let third = Floor { retry, calls, next };
    let (retry, calls) = floor(1);
    let second = Floor {
        retry,
        calls,
        next: third,
    };
    let (retry, calls) = floor(0);
    let first = Floor {
        retry,
        calls,
        next: second,
    };
    let outcome = first.call(&Context::new(), 7).await;
    assert_eq!(
        outcome.map_err(|status| status.code()),
        Err(Code::Unavailable)
    );
    let count = |at: usize| counts[at].load(Ordering::Relaxed);
    [count(0), count(1), count(2), bottom.calls()]
}

#[tokio::test(start_paused = true)]
async fn retries_on_three_floors_multiply_without_chain_stop() {
    let config = RetryConfig::new().budget(2.0).chain_stop(false);
    assert_eq!(amplification(config).await, [1, 3, 9, 27]);
}

#[tokio::test(start_paused = true)]
async fn with_chain_stop_they_only_add_up() {
    let config = RetryConfig::new().budget(2.0);
    assert_eq!(amplification(config).await, [1, 3, 5, 7]);
}

// Go kit's `lb.Retry(max, timeout, balancer)`, by documented settings: no
// wait, all failures, a budget that never runs out, the timeout as deadline.
mod go_kit {
    use super::*;

    /// Round robin over three instances, of which each fails or answers.
    struct Instances {
        next: AtomicU32,
        answers: [Result<u32, &'static str>; 3],
    }

    impl Endpoint<Echo> for Instances {
        async fn call(&self, _: &Context, _: u32) -> Result<u32, Status> {
            let pick = self.next.fetch_add(1, Ordering::Relaxed) % 3;
            self.answers[pick as usize].map_err(Status::unknown)
        }
    }

    fn retry(max: u32, answers: [Result<u32, &'static str>; 3]) -> impl Endpoint<Echo> {
        let instances = Instances {
            next: AtomicU32::new(0),
            answers,
        };
        Chain::new(Retry::new(eager(max).on(EVERYTHING)), instances)
    }

    #[tokio::test(start_paused = true)]
    async fn each_attempt_picks_an_instance_anew() {
        let answers = [Err("one"), Err("two"), Ok(3)];
        let outcome = retry(3, answers).call(&Context::new(), 0).await;
        assert_eq!(outcome.ok(), Some(3));
    }

    #[tokio::test(start_paused = true)]
    async fn the_most_attempts_are_counted_with_the_first() {
        let answers = [Err("one"), Err("two"), Ok(3)];
        let outcome = retry(2, answers).call(&Context::new(), 0).await;
        assert_eq!(outcome.expect_err("two attempts").message(), "two");
    }

    #[tokio::test(start_paused = true)]
    async fn without_classification_even_a_callers_mistake_is_tried_again() {
        let flaky = Arc::new(Flaky::default());
        let error = Status::invalid_argument("never valid");
        let inner = flaky.endpoint(u32::MAX, error);
        let endpoint = Chain::new(Retry::new(eager(5).on(EVERYTHING)), inner);
        assert!(endpoint.call(&Context::new(), 0).await.is_err());
        assert_eq!(flaky.calls(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn by_default_it_is_not() {
        let flaky = Arc::new(Flaky::default());
        let error = Status::invalid_argument("never valid");
        let endpoint = Chain::new(Retry::new(eager(5)), flaky.endpoint(u32::MAX, error));
        assert!(endpoint.call(&Context::new(), 0).await.is_err());
        assert_eq!(flaky.calls(), 1);
    }
}
