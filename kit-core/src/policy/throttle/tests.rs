//! The behaviour of the throttle.

use std::collections::BTreeMap;
use std::future::ready;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::model::code::Code;
use crate::model::status::Status;
use crate::policy::support::ManualClock;
use crate::telemetry::event_recorder::EventRecorder;

use OutcomeClass::{Failure, Ignored, Soft, Success};

struct Bench {
    throttle: Throttle,
    clock: ManualClock,
}

impl Bench {
    fn new(config: ThrottleConfig) -> Self {
        let clock = ManualClock::new();
        Self {
            throttle: Throttle::with_clock(config, clock.clock()),
            clock,
        }
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Attempts `count` calls; those that are admitted complete with `class`.
    fn calls(&self, count: u32, class: OutcomeClass) {
        for _ in 0..count {
            if let Ok(permit) = self.throttle.admit(self.now()) {
                permit.record(class, self.now());
            }
        }
    }

    fn probability(&self) -> f64 {
        self.throttle.snapshot(self.now()).drop_probability
    }
}

#[test]
fn probability_follows_the_formula() {
    let bench = Bench::new(ThrottleConfig::new().k(2.0).min_calls(100));
    bench.calls(25, Success);
    bench.calls(75, Failure);
    assert_eq!(bench.probability(), (100.0 - 2.0 * 25.0) / 101.0);
}

#[test]
fn peer_that_accepts_its_share_is_not_throttled() {
    let bench = Bench::new(ThrottleConfig::new().k(2.0));
    for _ in 0..500 {
        bench.calls(1, Success);
        bench.calls(1, Failure);
    }
    assert_eq!(bench.throttle.refused(), 0);
    assert_eq!(bench.probability(), 0.0);
}

#[test]
fn nothing_is_dropped_before_min_calls() {
    let bench = Bench::new(ThrottleConfig::new().min_calls(20));
    bench.calls(19, Failure);
    assert_eq!(bench.probability(), 0.0);
    bench.calls(1, Failure);
    assert_eq!(bench.probability(), 20.0 / 21.0);
}

#[test]
fn dropped_calls_are_requests() {
    fastrand::seed(7);
    let bench = Bench::new(ThrottleConfig::new());
    bench.calls(1000, Failure);
    let snapshot = bench.throttle.snapshot(bench.now());
    assert_eq!((snapshot.requests, snapshot.accepts), (1000, 0));
    assert!(snapshot.refused > 900, "{snapshot:?}");
    assert_eq!(snapshot.drop_probability, 1000.0 / 1001.0);
}

#[test]
fn calls_to_the_peer_are_k_times_those_accepted() {
    fastrand::seed(7);
    let bench = Bench::new(ThrottleConfig::new().k(2.0));
    let (mut reached, mut accepted) = (0, 0);
    // The peer accepts 10 calls a second, of 1000 requested.
    for second in 0..60 {
        let mut room = 10;
        for _ in 0..1000 {
            bench.clock.advance(Duration::from_millis(1));
            let Ok(permit) = bench.throttle.admit(bench.now()) else {
                continue;
            };
            let class = if room > 0 { Success } else { Failure };
            room -= i32::from(room > 0);
            permit.record(class, bench.now());
            if second >= 20 {
                reached += 1;
                accepted += i32::from(class == Success);
            }
        }
    }
    let ratio = f64::from(reached) / f64::from(accepted);
    assert!((1.8..2.4).contains(&ratio), "{reached} / {accepted}");
}

#[test]
fn the_same_seed_drops_the_same_calls() {
    let dropped = || {
        fastrand::seed(42);
        let bench = Bench::new(ThrottleConfig::new());
        let calls = (0..500).map(|_| match bench.throttle.admit(bench.now()) {
            Ok(permit) => {
                permit.record(Failure, bench.now());
                false
            }
            Err(_) => true,
        });
        calls.collect::<Vec<_>>()
    };
    assert_eq!(dropped(), dropped());
}

#[test]
fn throttle_recovers_through_the_calls_that_pass() {
    fastrand::seed(1);
    let bench = Bench::new(ThrottleConfig::new());
    bench.calls(1000, Failure);
    // The share that passes grows from one call in a window upwards.
    for _ in 0..120 {
        bench.clock.advance(Duration::from_secs(1));
        bench.calls(1000, Success);
    }
    assert_eq!(bench.probability(), 0.0);
    let refused = bench.throttle.refused();
    bench.calls(1000, Success);
    assert_eq!(bench.throttle.refused(), refused);
}

#[test]
fn each_change_of_state_is_one_event() {
    let events = EventRecorder::start();
    let mut bench = Bench::new(ThrottleConfig::new().min_calls(20));
    bench.throttle = bench.throttle.named("test.Peer.call");
    bench.calls(20, Failure);
    assert_eq!(events.take(), [""; 0]);
    // The next call starts the dropping; those after it change nothing.
    bench.calls(20, Failure);
    let event = |change| vec![format!("INFO policy=throttle name=test.Peer.call {change}")];
    assert_eq!(events.take(), event("from=passing to=dropping"));
    bench.clock.advance(Duration::from_secs(60));
    assert_eq!(events.take(), [""; 0]);
    bench.calls(20, Success);
    assert_eq!(events.take(), event("from=dropping to=passing"));
}

#[test]
fn idle_window_is_emptied() {
    fastrand::seed(1);
    let bench = Bench::new(ThrottleConfig::new());
    bench.calls(1000, Failure);
    bench.clock.advance(Duration::from_secs(11));
    let refused = bench.throttle.refused();
    bench.calls(1, Success);
    assert_eq!(bench.throttle.refused(), refused);
    assert_eq!(bench.throttle.snapshot(bench.now()).requests, 1);
}

#[test]
fn given_up_call_is_not_counted_and_soft_outcome_is_not_accepted() {
    let bench = Bench::new(ThrottleConfig::new());
    bench.calls(10, Ignored);
    drop(bench.throttle.admit(bench.now()));
    assert_eq!(bench.throttle.snapshot(bench.now()).requests, 0);
    bench.calls(1, Soft);
    let snapshot = bench.throttle.snapshot(bench.now());
    assert_eq!((snapshot.requests, snapshot.accepts), (1, 0));
}

#[test]
fn configure_keeps_the_window_if_its_length_is_unchanged() {
    let bench = Bench::new(ThrottleConfig::new().min_calls(1000));
    bench.calls(100, Failure);
    let config = ThrottleConfig::new().k(1.0);
    assert_eq!(bench.throttle.configure(config), Ok(()));
    assert_eq!(bench.throttle.config(), config);
    assert_eq!(bench.probability(), 100.0 / 101.0);

    let other = config.window(Duration::from_secs(1));
    assert_eq!(bench.throttle.configure(other), Ok(()));
    assert_eq!(bench.probability(), 0.0);
    assert!(bench.throttle.configure(config.k(0.0)).is_err());
    assert_eq!(bench.throttle.config(), other);
}

#[tokio::test]
async fn dropped_call_is_unavailable_and_does_not_run() {
    fastrand::seed(3);
    let throttle = Throttle::new(ThrottleConfig::new());
    let mut refusals = 0;
    for _ in 0..200 {
        let call = ready(Err::<(), _>(Status::resource_exhausted("overloaded")));
        let status = throttle.run(call).await.expect_err("the peer rejects");
        if let Some(refusal) = status.refusal() {
            assert_eq!(refusal.reason(), RefusalReason::Throttled);
            assert_eq!(refusal.retry_after(), None);
            assert_eq!(status.code(), Code::Unavailable);
            refusals += 1;
        }
    }
    assert_eq!(refusals, throttle.refused());
    assert!(refusals > 100, "{refusals}");
}

#[derive(Clone, Debug)]
enum Step {
    Call(OutcomeClass),
    Advance(u64),
    Configure(u32, u64, u32),
}

fn steps() -> impl Strategy<Value = Step> {
    let classes = prop_oneof![
        3 => Just(Success), 6 => Just(Failure), 1 => Just(Soft), 1 => Just(Ignored),
    ];
    prop_oneof![
        40 => classes.prop_map(Step::Call),
        8 => (0u64..800).prop_map(Step::Advance),
        1 => (1000u64..100_000).prop_map(Step::Advance),
        1 => (10u32..30, 1u64..20, 1u32..30).prop_map(|(k, w, m)| Step::Configure(k, w, m)),
    ]
}

/// Compares with a model that keeps every call of the window and draws the
/// same random numbers.
fn agree_at_each(seed: u64, steps: Vec<Step>) -> Result<(), TestCaseError> {
    fastrand::seed(seed);
    let mut dice = fastrand::Rng::with_seed(seed);
    let bench = Bench::new(ThrottleConfig::new());
    let mut config = ThrottleConfig::new();
    let start = bench.now();
    let mut window = BTreeMap::<u128, (u32, u32)>::new();
    for step in steps {
        let part = config.window.as_nanos().div_ceil(16);
        let now = (bench.now() - start).as_nanos() / part;
        window.retain(|then, _| then + 16 > now);
        match step {
            Step::Advance(time) => bench.clock.advance(Duration::from_millis(time)),
            Step::Configure(k, time, min_calls) => {
                let other = ThrottleConfig::new()
                    .k(f64::from(k) / 10.0)
                    .window(Duration::from_secs(time))
                    .min_calls(min_calls);
                prop_assert_eq!(bench.throttle.configure(other), Ok(()));
                if other.window != config.window {
                    window.clear();
                }
                config = other;
            }
            Step::Call(class) => {
                let requests: u32 = window.values().map(|part| part.0).sum();
                let accepts: u32 = window.values().map(|part| part.1).sum();
                let excess = f64::from(requests) - config.k * f64::from(accepts);
                let probability = match requests >= config.min_calls {
                    true => (excess / f64::from(requests + 1)).max(0.0),
                    false => 0.0,
                };
                let dropped = probability > 0.0 && dice.f64() < probability;
                let permit = bench.throttle.admit(bench.now());
                prop_assert_eq!(permit.is_err(), dropped);
                if let Ok(permit) = permit {
                    permit.record(class, bench.now());
                }
                if dropped || class != Ignored {
                    let part = window.entry(now).or_default();
                    part.0 += 1;
                    part.1 += u32::from(!dropped && class == Success);
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn core_and_model_agree(seed: u64, steps in prop::collection::vec(steps(), 200..400)) {
        agree_at_each(seed, steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, ..ProptestConfig::default() })]

    #[test]
    fn core_and_model_agree_for_ten_thousand_steps(
        seed: u64,
        steps in prop::collection::vec(steps(), 10_000),
    ) {
        agree_at_each(seed, steps)?;
    }
}
