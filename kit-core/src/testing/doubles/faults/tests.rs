//! Which calls get a fault, how many, and its effect on them.

use tokio::time::Instant;

use super::*;
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, EndpointFn};

const MILLISECOND: Duration = Duration::from_millis(1);

struct Echo;
struct Other;

impl Method for Echo {
    type Request = u32;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

impl Method for Other {
    type Request = u32;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "other", "Other");
}

async fn call<M>(faults: &Faults, cx: &Context) -> Outcome<M>
where
    M: Method<Request = u32, Response = u32, Error = Status>,
{
    let echo = EndpointFn::new(|_: Context, request: u32| async move { Ok(request) });
    Endpoint::<M>::call(&Chain::new(faults, echo), cx, 7).await
}

fn unavailable() -> Status {
    Status::unavailable("injected")
}

fn some_of_each(seed: u64) -> Faults {
    Faults::new(seed)
        .delay(0.2, MILLISECOND..=MILLISECOND * 9)
        .error(0.1, unavailable())
        .error(0.05, Status::not_found("gone"))
        .drop(0.02)
}

/// The effects on a number of calls, as text.
fn effects(faults: &Faults, calls: usize) -> Vec<String> {
    let effect = |_| format!("{:?}", faults.next(TypeId::of::<Echo>()));
    (0..calls).map(effect).collect()
}

#[test]
fn each_seed_has_its_own_sequence() {
    let first = effects(&some_of_each(1), 1000);
    assert_eq!(effects(&some_of_each(1), 1000), first);
    assert_ne!(effects(&some_of_each(2), 1000), first);
}

#[test]
fn fault_rates_match_their_probabilities() {
    for seed in 0..20 {
        let faults = some_of_each(seed);
        for _ in 0..100_000 {
            faults.next(TypeId::of::<Echo>());
        }
        let injected = faults.injected();
        assert_eq!(injected.calls, 100_000);
        assert!((19_500..20_500).contains(&injected.delays), "{injected:?}");
        assert!((14_500..15_500).contains(&injected.errors), "{injected:?}");
        assert!((1_800..2_200).contains(&injected.drops), "{injected:?}");
    }
}

#[test]
fn racing_threads_get_the_same_number_of_faults() {
    let sequential = some_of_each(5);
    effects(&sequential, 8000);
    let shared = some_of_each(5);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| effects(&shared, 1000));
        }
    });
    assert_eq!(shared.injected(), sequential.injected());
}

#[test]
fn delays_are_uniform_within_their_range() {
    let faults = Faults::new(3).delay(1.0, MILLISECOND * 10..=MILLISECOND * 20);
    let mut total = Duration::ZERO;
    for _ in 0..10_000 {
        let Effect::Delay(time) = faults.next(TypeId::of::<Echo>()) else {
            panic!("every call is delayed");
        };
        assert!((MILLISECOND * 10..=MILLISECOND * 20).contains(&time));
        total += time;
    }
    let mean = total / 10_000;
    let middle = Duration::from_micros(14_900)..Duration::from_micros(15_100);
    assert!(middle.contains(&mean), "{mean:?}");
}

#[tokio::test(start_paused = true)]
async fn a_delayed_call_is_made_later() {
    let faults = Faults::new(0).delay(1.0, MILLISECOND * 5);
    let start = Instant::now();
    assert_eq!(call::<Echo>(&faults, &Context::new()).await.ok(), Some(7));
    assert_eq!(start.elapsed(), MILLISECOND * 5);
}

#[tokio::test(start_paused = true)]
async fn a_lost_call_without_a_client_ends_at_its_deadline() {
    let faults = Faults::new(0).drop(1.0);
    let start = Instant::now();
    let cx = Context::new().with_timeout(MILLISECOND * 80);
    let outcome = call::<Echo>(&faults, &cx).await;
    assert_eq!(
        outcome.map_err(|status| status.code()),
        Err(Code::DeadlineExceeded)
    );
    assert_eq!(start.elapsed(), MILLISECOND * 80);

    let endless = Context::new();
    let waits = tokio::time::timeout(Duration::from_secs(86_400), call::<Echo>(&faults, &endless));
    assert!(waits.await.is_err());
    assert_eq!(faults.injected().drops, 2);
}

#[tokio::test]
async fn unselected_methods_get_no_faults() {
    let faults = Faults::new(0).error(1.0, unavailable()).only::<Other>();
    let cx = Context::new();
    assert_eq!(call::<Echo>(&faults, &cx).await.ok(), Some(7));
    assert_eq!(faults.injected(), Injected::default());
    let failed = call::<Other>(&faults, &cx).await.expect_err("selected");
    assert_eq!(failed.message(), "injected");
    assert_eq!(faults.injected().errors, 1);
}

#[tokio::test]
async fn disabled_faults_continue_their_sequence_when_enabled() {
    let expected = effects(&some_of_each(9), 60);
    let faults = some_of_each(9);
    let mut observed = effects(&faults, 30);
    faults.set_enabled(false);
    assert!(!faults.is_enabled());
    for _ in 0..50 {
        assert_eq!(call::<Echo>(&faults, &Context::new()).await.ok(), Some(7));
    }
    assert_eq!(faults.injected().calls, 30);
    faults.set_enabled(true);
    observed.extend(effects(&faults, 30));
    assert_eq!(observed, expected);
}

#[test]
fn probabilities_of_zero_and_one_are_exact() {
    let never = Faults::new(1).error(0.0, unavailable());
    effects(&never, 1000);
    assert_eq!(never.injected().errors, 0);
    // Ten times 0.1 is a little less or more than 1.
    let always = (0..10).fold(Faults::new(1), |faults, _| faults.error(0.1, unavailable()));
    effects(&always, 1000);
    assert_eq!(always.injected().errors, 1000);
}

#[test]
fn an_invalid_probability_panics_with_its_value() {
    let check = |make: fn() -> Faults, expected: &str| {
        let panic = std::panic::catch_unwind(make).expect_err(expected);
        let message = panic.downcast_ref::<String>().map(String::as_str);
        assert_eq!(message, Some(expected));
    };
    check(
        || Faults::new(0).drop(1.5),
        "`drop`: a probability must be from 0 to 1, not 1.5",
    );
    check(
        || Faults::new(0).delay(-0.1, MILLISECOND),
        "`delay`: a probability must be from 0 to 1, not -0.1",
    );
    check(
        || Faults::new(0).error(f64::NAN, unavailable()),
        "`error`: a probability must be from 0 to 1, not NaN",
    );
    check(
        || Faults::new(0).drop(0.5).error(0.75, unavailable()),
        "`error`: the probabilities of all faults must be at most 1 together, not 1.25",
    );
    check(
        || Faults::new(0).delay(0.5, MILLISECOND * 2..=MILLISECOND),
        "`delay`: a range must end where it begins or later, not 2ms..=1ms",
    );
}
