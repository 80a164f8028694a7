//! Which calls meet a fault, how many, and what it does to them.

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

/// What so many calls meet, in words.
fn fates(faults: &Faults, calls: usize) -> Vec<String> {
    let fate = |_| format!("{:?}", faults.next(TypeId::of::<Echo>()));
    (0..calls).map(fate).collect()
}

#[test]
fn a_seed_is_a_sequence_and_another_seed_another() {
    let first = fates(&some_of_each(1), 1000);
    assert_eq!(fates(&some_of_each(1), 1000), first);
    assert_ne!(fates(&some_of_each(2), 1000), first);
}

#[test]
fn each_fault_is_met_as_often_as_was_said() {
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
fn threads_that_race_share_the_same_number_of_faults() {
    let alone = some_of_each(5);
    fates(&alone, 8000);
    let shared = some_of_each(5);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| fates(&shared, 1000));
        }
    });
    assert_eq!(shared.injected(), alone.injected());
}

#[test]
fn delays_are_even_between_their_ends() {
    let faults = Faults::new(3).delay(1.0, MILLISECOND * 10..=MILLISECOND * 20);
    let mut total = Duration::ZERO;
    for _ in 0..10_000 {
        let Fate::Waits(time) = faults.next(TypeId::of::<Echo>()) else {
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
async fn a_lost_call_ends_at_its_deadline_even_with_no_client() {
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
async fn methods_that_are_not_named_are_left_alone() {
    let faults = Faults::new(0).error(1.0, unavailable()).only::<Other>();
    let cx = Context::new();
    assert_eq!(call::<Echo>(&faults, &cx).await.ok(), Some(7));
    assert_eq!(faults.injected(), Injected::default());
    let failed = call::<Other>(&faults, &cx).await.expect_err("named");
    assert_eq!(failed.message(), "injected");
    assert_eq!(faults.injected().errors, 1);
}

#[tokio::test]
async fn switched_off_it_does_nothing_and_then_goes_on_where_it_was() {
    let expected = fates(&some_of_each(9), 60);
    let faults = some_of_each(9);
    let mut met = fates(&faults, 30);
    faults.set_enabled(false);
    assert!(!faults.is_enabled());
    for _ in 0..50 {
        assert_eq!(call::<Echo>(&faults, &Context::new()).await.ok(), Some(7));
    }
    assert_eq!(faults.injected().calls, 30);
    faults.set_enabled(true);
    met.extend(fates(&faults, 30));
    assert_eq!(met, expected);
}

#[test]
fn certainties_are_certain() {
    let never = Faults::new(1).error(0.0, unavailable());
    fates(&never, 1000);
    assert_eq!(never.injected().errors, 0);
    // Ten times 0.1 is a little less or more than 1.
    let always = (0..10).fold(Faults::new(1), |faults, _| faults.error(0.1, unavailable()));
    fates(&always, 1000);
    assert_eq!(always.injected().errors, 1000);
}

#[test]
fn what_is_no_probability_is_named() {
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
