//! Policies of plain functions, with values from a configuration.

use std::sync::atomic::{AtomicU32, Ordering};

use kit::policy::PolicyKind;
use kit::{Config, Status};
use tokio::sync::{Mutex, MutexGuard};

/// Serialises the tests: the functions of a process have one configuration at a
/// time.
async fn exclusive() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::const_new(());
    LOCK.lock().await
}

fn parse(text: &str) -> Config {
    Config::parse(text, "kit.toml").expect("a file of TOML")
}

/// The error of a file with wrong function sections.
async fn wrong(text: &str) -> String {
    let _lock = exclusive().await;
    parse(text)
        .functions()
        .expect_err("it is wrong")
        .to_string()
}

fn value(config: &Config, knob: &str) -> Option<String> {
    config.knobs().get(knob)?.value.clone()
}

fn refused_by<T>(outcome: Result<T, Status>) -> Option<PolicyKind> {
    Some(outcome.err()?.refusal()?.policy())
}

static CALLS: AtomicU32 = AtomicU32::new(0);

#[kit::retry(attempts = 2, backoff = "1ms..2ms", budget = 100)]
#[kit::timeout("2s")]
async fn fetch() -> Result<u32, Status> {
    CALLS.fetch_add(1, Ordering::Relaxed);
    Err(Status::unavailable("down"))
}

const FETCH: &str = concat!(module_path!(), "::fetch");

#[tokio::test(start_paused = true)]
async fn a_function_takes_values_from_a_file_and_from_the_running_program() {
    let _lock = exclusive().await;
    let file = format!("[functions.\"{FETCH}\"]\nretry = {{ attempts = 4 }}\n");
    let config = parse(&file);
    config.functions().expect("all is right");
    let attempts = async || {
        let before = CALLS.load(Ordering::Relaxed);
        assert!(fetch().await.is_err());
        CALLS.load(Ordering::Relaxed) - before
    };
    assert_eq!(attempts().await, 4);
    let key = format!("functions.{FETCH}.retry.attempts");
    config.set(&key, "3").expect("a number");
    assert_eq!(attempts().await, 3);
    config
        .set(&format!("functions.{FETCH}.retry"), "off")
        .expect("a switch");
    assert_eq!(attempts().await, 1);

    // Another configuration starts from the attributes and replaces the first
    // one.
    let other = parse("");
    other.functions().expect("an empty configuration");
    assert_eq!(attempts().await, 2);
    config.set(&key, "9").expect("a number");
    assert_eq!(attempts().await, 2);
}

#[kit::breaker(name = "shop::prices")]
async fn prices() -> Result<u32, Status> {
    Ok(1)
}

#[tokio::test(start_paused = true)]
async fn a_configuration_adds_policies_to_a_function() {
    let _lock = exclusive().await;
    let variables = [("KIT__FUNCTIONS__SHOP_PRICES__RATE_LIMIT", "1/h")];
    let config = Config::new().with_variables(variables).expect("variables");
    config.functions().expect("all is right");
    assert_eq!(prices().await.ok(), Some(1));
    assert_eq!(refused_by(prices().await), Some(PolicyKind::RateLimit));
    config
        .set("functions.shop::prices.rate_limit", "off")
        .expect("a switch");
    assert_eq!(prices().await.ok(), Some(1));
}

#[tokio::test]
async fn the_knobs_of_a_function_have_no_side() {
    let _lock = exclusive().await;
    let config = parse("[functions.\"shop::prices\"]\nbreaker = { failures = 7 }\nshed = \"on\"\n");
    config.functions().expect("all is right");
    config
        .complete()
        .expect("the file is about functions alone");
    let failures = "functions.shop::prices.breaker.failures";
    assert_eq!(value(&config, failures).as_deref(), Some("7"));
    let knobs = config.knobs();
    let origin = |name: &str| knobs.get(name).map(|knob| knob.origin.to_string());
    assert_eq!(origin(failures).as_deref(), Some("kit.toml:2"));
    let shed = "functions.shop::prices.shed.cpu";
    assert_eq!(value(&config, shed).as_deref(), Some("0.9"));
    let limit = format!("functions.{FETCH}.timeout.limit");
    assert_eq!(value(&config, &limit).as_deref(), Some("2s"));
    assert_eq!(origin(&limit).as_deref(), Some("contract"));
    // Policies that the generated code of the function lacks are not knobs.
    let of_prices = |name: &str| name.starts_with("functions.shop::prices.");
    let repeats = |name: &str| name.contains(".retry.") || name.contains(".cache.");
    assert!(knobs.iter().any(|knob| of_prices(&knob.name)));
    assert!(
        !knobs
            .iter()
            .any(|knob| of_prices(&knob.name) && repeats(&knob.name))
    );
    // The other knobs can be set.
    for knob in knobs.iter().filter(|knob| of_prices(&knob.name)) {
        let policy = knob.name.split('.').nth(2).expect("a policy");
        let policy = format!("functions.shop::prices.{policy}");
        assert!(config.set(&policy, "off").is_ok(), "{policy}");
    }
}

#[tokio::test]
async fn a_wrong_value_is_reported_with_its_line() {
    let expected = [
        (
            "[functions.\"shop::price\"]\nbreaker = { failures = 7 }\n",
            "kit.toml:1:12: `functions` has no function `shop::price`; did you mean `shop::prices`?",
        ),
        (
            "[functions.\"shop::prices\"]\nbreaker = { failure = 7 }\n",
            "kit.toml:2:13: `functions.shop::prices.breaker` has no key `failure`; did you mean `failures`? \
             expected one of `failures`, `ratio`, `min_calls`, `window`, `slow`, `slow_ratio`, `open`, `probes`, `on`",
        ),
        (
            "[functions.\"shop::prices\"]\nbreaker = { failures = 0 }\n",
            "kit.toml:2:24: `functions.shop::prices.breaker.failures`: `failures` must be at least 1; write `failures = 5`",
        ),
        (
            "[functions.\"shop::prices\".client]\ntimeout = \"1s\"\n",
            "kit.toml:1:27: `functions.shop::prices`: a plain function has no sides; \
         move its policies out of `client`",
        ),
        (
            "[functions.\"shop::prices\"]\nretry = \"on\"\n",
            "kit.toml:2:1: `functions.shop::prices.retry`: the function is compiled without support \
         for `retry`; add `#[retry(attempts = 3, backoff = \"20ms..1s\")]` to the function",
        ),
        (
            "[functions.\"shop::prices\"]\nrate_limit = { rate = \"1/s\", key = \"peer\" }\n",
            "kit.toml:2:36: `functions.shop::prices`: a plain function can't identify its callers, \
         so all share one limit; remove `key`",
        ),
        (
            "[functions.\"shop::prices\"]\nrate_limit = { rate = \"1/s\", store = \"redis\" }\n",
            "kit.toml:2:38: `functions.shop::prices`: a plain function can't use a shared \
         store; remove `store`",
        ),
    ];
    for (text, expected) in expected {
        let message = wrong(text).await;
        // All functions of the suite are listed.
        let message = match message.split_once(" expected one of `main::") {
            Some((message, _)) => message,
            None => &message,
        };
        assert_eq!(message, expected);
    }
}

#[test]
fn a_service_section_does_not_configure_functions() {
    let config = parse("[functions.\"shop::prices\"]\ntimeout = \"1s\"\n");
    let error = config
        .complete()
        .expect_err("the functions are not configured");
    assert_eq!(
        error.to_string(),
        "kit.toml:1:2: `functions` is the section of plain functions, which are not configured; \
         call `Config::functions`"
    );
}

mod twins {
    use kit::Status;

    #[kit::breaker(name = "shop::twin")]
    pub(super) async fn one() -> Result<u32, Status> {
        Ok(1)
    }

    #[kit::breaker(name = "shop::twin")]
    pub(super) async fn two() -> Result<u32, Status> {
        Ok(2)
    }
}

#[tokio::test]
async fn an_ambiguous_function_name_is_an_error() {
    assert_eq!(
        wrong("[functions.\"shop::twin\"]\nbreaker = { failures = 7 }\n").await,
        "kit.toml:1:12: 2 functions are named `shop::twin`; give each another name \
         with `name = \"..\"` in one of its policies"
    );
    assert_eq!(twins::one().await.ok(), Some(1));
    assert_eq!(twins::two().await.ok(), Some(2));
}

#[kit::breaker(failures = 5, name = "shop::never_called")]
async fn never_called() -> Result<u32, Status> {
    Ok(1)
}

/// Whether its policies are in the metrics.
fn is_counted() -> bool {
    let snapshots = kit::metrics::policies_snapshot();
    let mut methods = snapshots.iter().map(|snapshot| snapshot.method);
    methods.any(|method| method == "shop::never_called")
}

#[tokio::test]
async fn a_store_section_does_not_create_the_policies_of_a_function() {
    let _lock = exclusive().await;
    let config = parse("[regional]\nregion = \"eu\"\n");
    config.functions().expect("all is right");
    config.complete().expect("it is about no service");
    assert!(!is_counted());
    assert_eq!(never_called().await.ok(), Some(1));
    assert!(is_counted());
}
