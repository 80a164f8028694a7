//! Whole calls on a paused clock.

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

/// What a try does: how long it takes, in milliseconds, and how it ends.
type Script = (u64, Result<u32, Status>);

/// Answers the tries as they come by their scripts, and counts those begun,
/// and those that got to their end.
#[derive(Default)]
struct Peer {
    begun: AtomicU32,
    ended: AtomicU32,
}

impl Peer {
    fn endpoint<const N: usize>(
        self: &Arc<Self>,
        scripts: [Script; N],
    ) -> impl Endpoint<Echo> + use<N> {
        let this = Arc::clone(self);
        EndpointFn::new(move |cx: Context, request: String| {
            assert_eq!(request, "asked");
            let number = this.begun.fetch_add(1, Ordering::Relaxed);
            assert_eq!(cx.previous_attempts(), number);
            let (takes, outcome) = scripts[number as usize].clone();
            let this = Arc::clone(&this);
            async move {
                tokio::time::sleep(Duration::from_millis(takes)).await;
                this.ended.fetch_add(1, Ordering::Relaxed);
                outcome
            }
        })
    }

    fn tries(&self) -> (u32, u32) {
        let count = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
        (count(&self.begun), count(&self.ended))
    }
}

/// Calls once and checks who answered when, and how many tries began and
/// ended.
async fn check<const N: usize>(
    hedge: &Hedge,
    scripts: [Script; N],
    expected: Result<u32, &str>,
    took: u64,
    tries: (u32, u32),
) {
    let peer = Arc::new(Peer::default());
    let endpoint = Chain::new(hedge, peer.endpoint(scripts));
    let start = tokio::time::Instant::now();
    let outcome = endpoint.call(&Context::new(), "asked".to_owned()).await;
    let outcome = outcome.map_err(|status| status.message().to_owned());
    assert_eq!(
        outcome.as_ref().map_err(String::as_str),
        expected.as_ref().map_err(|e| *e)
    );
    assert_eq!(start.elapsed(), Duration::from_millis(took));
    assert_eq!(peer.tries(), tries);
}

fn fails(message: &'static str) -> Result<u32, Status> {
    Err(Status::unavailable(message))
}

#[tokio::test(start_paused = true)]
async fn a_call_in_time_is_tried_once() {
    check(&after(10), [(10, Ok(1))], Ok(1), 10, (1, 1)).await;
    check(&after(10), [(0, Ok(1))], Ok(1), 0, (1, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_tries_the_first_to_succeed_wins_and_the_other_is_dropped() {
    check(&after(10), [(100, Ok(1)), (5, Ok(2))], Ok(2), 15, (2, 1)).await;
    check(&after(10), [(12, Ok(1)), (50, Ok(2))], Ok(1), 12, (2, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_before_the_second_try_is_the_calls() {
    check(&after(10), [(5, fails("one"))], Err("one"), 5, (1, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_it_waits_for_the_other() {
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
async fn where_both_fail_the_first_one_says_why() {
    let scripts = [(50, fails("one")), (5, fails("two"))];
    check(&after(10), scripts, Err("one"), 50, (2, 2)).await;
    let scripts = [(12, fails("one")), (50, fails("two"))];
    check(&after(10), scripts, Err("one"), 60, (2, 2)).await;
}

#[tokio::test(start_paused = true)]
async fn a_domain_error_is_an_answer_and_wins() {
    let scripts = [(100, Ok(1)), (5, Err(Status::not_found("none")))];
    check(&after(10), scripts, Err("none"), 15, (2, 1)).await;
}

#[tokio::test(start_paused = true)]
async fn there_is_one_second_try_however_long_it_takes() {
    check(
        &after(10),
        [(1000, Ok(1)), (1000, Ok(2))],
        Ok(1),
        1000,
        (2, 1),
    )
    .await;
}

/// How often each try of a function finds that it was tried before: when it
/// is called, and in the future that it makes.
async fn seen_by_tries() -> Vec<(u32, u32)> {
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
async fn the_second_try_of_a_function_says_that_it_is_one() {
    assert_eq!(seen_by_tries().await, [(0, 0), (1, 1)]);
    let retried = Context::new().with_previous_attempts(2);
    assert_eq!(retried.scope(seen_by_tries()).await, [(2, 2), (3, 3)]);
}

#[tokio::test(start_paused = true)]
async fn each_second_try_is_one_event() {
    let traced = EventRecorder::start();
    let config = HedgeConfig::new().after(10 * MILLISECOND);
    let hedge = Hedge::new(config).named("test.Slow.call");
    check(&hedge, [(5, Ok(1))], Ok(1), 5, (1, 1)).await;
    assert_eq!(traced.take(), [""; 0]);
    check(&hedge, [(50, Ok(1)), (5, Ok(2))], Ok(2), 15, (2, 1)).await;
    assert_eq!(traced.take(), ["DEBUG policy=hedge name=test.Slow.call"]);
    // The budget is spent: there is no second try to tell of.
    check(&hedge, [(50, Ok(1))], Ok(1), 50, (1, 1)).await;
    assert_eq!(traced.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_second_try_that_is_refused_here_spends_nothing() {
    let refused = Refusal::new(PolicyKind::Breaker, RefusalReason::Open);
    // No call earns enough, and the reserve is one.
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
async fn when_every_call_is_slow_a_twentieth_is_tried_twice() {
    let hedge = Hedge::new(HedgeConfig::new().after(10 * MILLISECOND));
    let mut begun = 0;
    for _ in 0..400 {
        let peer = Arc::new(Peer::default());
        let endpoint = Chain::new(&hedge, peer.endpoint([(20, Ok(1)), (20, Ok(2))]));
        let outcome = endpoint.call(&Context::new(), "asked".to_owned()).await;
        assert_eq!(outcome.ok(), Some(1));
        begun += peer.tries().0;
    }
    // Eight seconds: 400 calls, a twentieth of them, and the reserve.
    assert_eq!(begun, 400 + 20 + 1);
    assert_eq!(hedge.fired(), 21);
    assert_eq!(hedge.unpaid(), 400 - 21);
}

#[tokio::test(start_paused = true)]
async fn by_the_percentile_only_the_slowest_calls_are_tried_twice() {
    let hedge = Hedge::new(HedgeConfig::new());
    assert_eq!(hedge.begin(hedge.clock.now()).delay(), None);
    let mut second_tries = 0;
    // 19 of 20 calls take 8 ms, one takes 200.
    for call in 0..2000_u32 {
        let peer = Arc::new(Peer::default());
        let takes = if call % 20 == 19 { 200 } else { 8 };
        let endpoint = Chain::new(&hedge, peer.endpoint([(takes, Ok(1)), (8, Ok(2))]));
        let outcome = endpoint.call(&Context::new(), "asked".to_owned()).await;
        let (begun, _) = peer.tries();
        assert_eq!(
            outcome.ok(),
            Some(begun),
            "the second try wins where there is one"
        );
        assert!(begun == 1 || takes == 200);
        second_tries += begun - 1;
    }
    let delay = hedge
        .begin(hedge.clock.now())
        .delay()
        .expect("a percentile");
    assert!(
        (8 * MILLISECOND..=9 * MILLISECOND).contains(&delay),
        "{delay:?}"
    );
    // All the slow ones but those before the first lap ended.
    assert!((90..=100).contains(&second_tries), "{second_tries}");
    assert_eq!(hedge.won(), u64::from(second_tries));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_call_drops_both_tries() {
    let peer = Arc::new(Peer::default());
    let hedge = after(10);
    let endpoint = Chain::new(&hedge, peer.endpoint([(1000, Ok(1)), (1000, Ok(2))]));
    let cx = Context::new();
    let call = endpoint.call(&cx, "asked".to_owned());
    let cut = tokio::time::timeout(20 * MILLISECOND, call).await;
    assert!(cut.is_err());
    tokio::time::sleep(2000 * MILLISECOND).await;
    assert_eq!(peer.tries(), (2, 0));
}

#[test]
fn each_wrong_value_is_named() {
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
fn configuring_changes_the_next_call_and_keeps_the_counts() {
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
async fn an_error_code_of_the_first_try_is_kept() {
    let hedge = after(10);
    let peer = Arc::new(Peer::default());
    let scripts = [(20, Err(Status::internal("x"))), (5, fails("y"))];
    let endpoint = Chain::new(&hedge, peer.endpoint(scripts));
    let outcome = endpoint.call(&Context::new(), "asked".to_owned()).await;
    assert_eq!(outcome.map_err(|status| status.code()), Err(Code::Internal));
}
