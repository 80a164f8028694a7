//! Whole calls, with a paused clock.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::model::code::Code;
use crate::model::context::Context;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, Endpoint, EndpointFn};
use crate::model::method::Method;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, Refusal, RefusalReason};
use crate::telemetry::event_recorder::EventRecorder;

struct Echo;

impl Method for Echo {
    type Request = String;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

const MILLISECOND: Duration = Duration::from_millis(1);

fn after(milliseconds: u32) -> Hedge {
    let config = HedgeConfig::new().after(milliseconds * MILLISECOND);
    Hedge::new(config.extra_load(1.0))
}

/// The behaviour of an attempt: its duration in milliseconds, and its outcome.
type Script = (u64, Result<u32, Status>);

/// A peer whose attempts follow scripts in order. Counts the attempts that
/// started and those that completed.
#[derive(Default)]
struct Peer {
    started: AtomicU32,
    completed: AtomicU32,
}

impl Peer {
    fn endpoint<const N: usize>(
        self: &Arc<Self>,
        scripts: [Script; N],
    ) -> impl Endpoint<Echo> + use<N> {
        let this = Arc::clone(self);
        EndpointFn::new(move |cx: Context, request: String| {
            assert_eq!(request, "request");
            let number = this.started.fetch_add(1, Ordering::Relaxed);
            assert_eq!(cx.previous_attempts(), number);
            let (takes, outcome) = scripts[number as usize].clone();
            let this = Arc::clone(&this);
            async move {
                tokio::time::sleep(Duration::from_millis(takes)).await;
                this.completed.fetch_add(1, Ordering::Relaxed);
                outcome
            }
        })
    }

    fn attempts(&self) -> (u32, u32) {
        let count = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
        (count(&self.started), count(&self.completed))
    }
}

/// Calls once and checks the outcome, its time in milliseconds, and how many
/// attempts started and completed.
async fn check<const N: usize>(
    hedge: &Hedge,
    scripts: [Script; N],
    expected: Result<u32, &str>,
    took: u64,
    attempts: (u32, u32),
) {
    let peer = Arc::new(Peer::default());
    let endpoint = Chain::new(hedge, peer.endpoint(scripts));
    let start = tokio::time::Instant::now();
    let outcome = endpoint.call(&Context::new(), "request".to_owned()).await;
    let outcome = outcome.map_err(|status| status.message().to_owned());
    assert_eq!(
        outcome.as_ref().map_err(String::as_str),
        expected.as_ref().map_err(|e| *e)
    );
    assert_eq!(start.elapsed(), Duration::from_millis(took));
    assert_eq!(peer.attempts(), attempts);
}

fn fails(message: &'static str) -> Result<u32, Status> {
    Err(Status::unavailable(message))
}

#[tokio::test(start_paused = true)]
async fn call_in_time_has_one_attempt() {
    check(&after(10), [(10, Ok(1))], Ok(1), 10, (1, 1)).await;
    check(&after(10), [(0, Ok(1))], Ok(1), 0, (1, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn first_attempt_to_succeed_wins_and_the_other_is_dropped() {
    check(&after(10), [(100, Ok(1)), (5, Ok(2))], Ok(2), 15, (2, 1)).await;
    check(&after(10), [(12, Ok(1)), (50, Ok(2))], Ok(1), 12, (2, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn failure_before_the_second_attempt_ends_the_call() {
    check(&after(10), [(5, fails("one"))], Err("one"), 5, (1, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn failure_after_the_second_attempt_waits_for_the_other() {
    check(
        &after(10),
        [(20, fails("one")), (30, Ok(2))],
        Ok(2),
        40,
        (2, 2),
    )
    .await;
    check(
        &after(10),
        [(50, Ok(1)), (5, fails("two"))],
        Ok(1),
        50,
        (2, 2),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn both_attempts_fail_with_the_first_error() {
    let scripts = [(50, fails("one")), (5, fails("two"))];
    check(&after(10), scripts, Err("one"), 50, (2, 2)).await;
    let scripts = [(12, fails("one")), (50, fails("two"))];
    check(&after(10), scripts, Err("one"), 60, (2, 2)).await;
}

#[tokio::test(start_paused = true)]
async fn domain_error_is_a_response_and_wins() {
    let scripts = [(100, Ok(1)), (5, Err(Status::not_found("none")))];
    check(&after(10), scripts, Err("none"), 15, (2, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn slow_second_attempt_is_not_repeated() {
    check(
        &after(10),
        [(1000, Ok(1)), (1000, Ok(2))],
        Ok(1),
        1000,
        (2, 1),
    )
    .await;
}

/// The previous attempts in the context of each attempt of a function: when
/// the function is called, and in the future that it returns.
async fn seen_by_attempts() -> Vec<(u32, u32)> {
    let seen = RefCell::new(Vec::new());
    let outcome = after(10)
        .run(|| {
            let called = Context::current().previous_attempts();
            let seen = &seen;
            async move {
                let polled = Context::current().previous_attempts();
                seen.borrow_mut().push((called, polled));
                tokio::time::sleep(MILLISECOND * 50).await;
                Ok::<_, Status>(())
            }
        })
        .await;
    assert!(outcome.is_ok());
    seen.into_inner()
}

#[tokio::test(start_paused = true)]
async fn second_attempt_of_a_function_counts_in_its_context() {
    assert_eq!(seen_by_attempts().await, [(0, 0), (1, 1)]);
    let retried = Context::new().with_previous_attempts(2);
    assert_eq!(retried.scope(seen_by_attempts()).await, [(2, 2), (3, 3)]);
}

#[tokio::test(start_paused = true)]
async fn each_second_attempt_is_one_event() {
    let events = EventRecorder::start();
    let config = HedgeConfig::new().after(10 * MILLISECOND);
    let hedge = Hedge::new(config).named("test.Slow.call");
    check(&hedge, [(5, Ok(1))], Ok(1), 5, (1, 1)).await;
    assert_eq!(events.take(), [""; 0]);
    check(&hedge, [(50, Ok(1)), (5, Ok(2))], Ok(2), 15, (2, 1)).await;
    assert_eq!(events.take(), ["DEBUG policy=hedge name=test.Slow.call"]);
    // The budget is spent: there is no second attempt.
    check(&hedge, [(50, Ok(1))], Ok(1), 50, (1, 1)).await;
    assert_eq!(events.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn second_attempt_that_is_refused_here_spends_nothing() {
    let refused = Refusal::new(PolicyKind::Breaker, RefusalReason::Open);
    // One call earns too little, and the reserve is one.
    let hedge = Hedge::new(HedgeConfig::new().after(10 * MILLISECOND).extra_load(0.001));
    let scripts = [(50, Ok(1)), (0, Err(Status::from(refused)))];
    for fired in 1..=20 {
        check(&hedge, scripts.clone(), Ok(1), 50, (2, 2)).await;
        assert_eq!(hedge.fired(), fired);
    }
    assert_eq!(hedge.unpaid(), 0);

    check(
        &hedge,
        [(50, Ok(1)), (5, fails("theirs"))],
        Ok(1),
        50,
        (2, 2),
    )
    .await;
    check(&hedge, [(50, Ok(1))], Ok(1), 50, (1, 1)).await;
    assert_eq!(hedge.unpaid(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_twentieth_is_hedged_when_every_call_is_slow() {
    let hedge = Hedge::new(HedgeConfig::new().after(10 * MILLISECOND));
    let mut started = 0;
    for _ in 0..400 {
        let peer = Arc::new(Peer::default());
        let endpoint = Chain::new(&hedge, peer.endpoint([(20, Ok(1)), (20, Ok(2))]));
        let outcome = endpoint.call(&Context::new(), "request".to_owned()).await;
        assert_eq!(outcome.ok(), Some(1));
        started += peer.attempts().0;
    }
    // Eight seconds: 400 calls, a twentieth of them, and the reserve.
    assert_eq!(started, 400 + 20 + 1);
    assert_eq!(hedge.fired(), 21);
    assert_eq!(hedge.unpaid(), 400 - 21);
}

#[tokio::test(start_paused = true)]
async fn percentile_hedges_only_the_slowest_calls() {
    let hedge = Hedge::new(HedgeConfig::new());
    assert_eq!(hedge.begin(hedge.clock.now()).delay(), None);
    let mut second_attempts = 0;
    // 19 of 20 calls take 8 ms, one takes 200.
    for call in 0..2000_u32 {
        let peer = Arc::new(Peer::default());
        let takes = if call % 20 == 19 { 200 } else { 8 };
        let endpoint = Chain::new(&hedge, peer.endpoint([(takes, Ok(1)), (8, Ok(2))]));
        let outcome = endpoint.call(&Context::new(), "request".to_owned()).await;
        let (started, _) = peer.attempts();
        assert_eq!(
            outcome.ok(),
            Some(started),
            "the second attempt wins if there is one"
        );
        assert!(started == 1 || takes == 200);
        second_attempts += started - 1;
    }
    let delay = hedge
        .begin(hedge.clock.now())
        .delay()
        .expect("a percentile");
    assert!(
        (8 * MILLISECOND..=9 * MILLISECOND).contains(&delay),
        "{delay:?}"
    );
    // All slow calls except those of the first lap.
    assert!((90..=100).contains(&second_attempts), "{second_attempts}");
    assert_eq!(hedge.won(), u64::from(second_attempts));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_call_drops_both_attempts() {
    let peer = Arc::new(Peer::default());
    let hedge = after(10);
    let endpoint = Chain::new(&hedge, peer.endpoint([(1000, Ok(1)), (1000, Ok(2))]));
    let cx = Context::new();
    let call = endpoint.call(&cx, "request".to_owned());
    let cut = tokio::time::timeout(20 * MILLISECOND, call).await;
    assert!(cut.is_err());
    tokio::time::sleep(2000 * MILLISECOND).await;
    assert_eq!(peer.attempts(), (2, 0));
}

#[test]
fn each_invalid_value_is_named() {
    let check = |config: HedgeConfig, key: &str| {
        let invalid = config.check().expect_err(key);
        assert!(invalid.problem().starts_with(key), "{invalid}");
    };
    let new = HedgeConfig::new();
    check(new.extra_load(0.0), "`extra_load`");
    check(new.extra_load(1.1), "`extra_load`");
    check(new.extra_load(f64::NAN), "`extra_load`");
    check(new.after(Duration::ZERO), "`after`");
    check(new.after_percentile(0.0), "`after`");
    check(new.after_percentile(1.0), "`after`");
    assert_eq!(new.check(), Ok(()));
    assert_eq!(new.delay(), HedgeDelay::Percentile(0.95));
}

#[test]
fn configure_affects_the_next_call_and_keeps_the_counts() {
    let hedge = after(10);
    let now = Instant::now();
    assert!(hedge.begin(now).fire(now));
    assert!(hedge.configure(HedgeConfig::new().extra_load(2.0)).is_err());
    assert_eq!(hedge.begin(now).delay(), Some(10 * MILLISECOND));
    assert_eq!(
        hedge.configure(HedgeConfig::new().after(MILLISECOND)),
        Ok(())
    );
    assert_eq!(hedge.begin(now).delay(), Some(MILLISECOND));
    assert_eq!(hedge.configure(HedgeConfig::new()), Ok(()));
    assert_eq!(hedge.begin(now).delay(), None);
    assert_eq!(hedge.fired(), 1);
}

#[tokio::test(start_paused = true)]
async fn error_code_of_the_first_attempt_is_kept() {
    let hedge = after(10);
    let peer = Arc::new(Peer::default());
    let scripts = [(20, Err(Status::internal("x"))), (5, fails("y"))];
    let endpoint = Chain::new(&hedge, peer.endpoint(scripts));
    let outcome = endpoint.call(&Context::new(), "request".to_owned()).await;
    assert_eq!(outcome.map_err(|status| status.code()), Err(Code::Internal));
}
