//! The address of the Redis of shared limits.

use super::*;
use crate::policy::rate_limit::{Rate, RateLimitConfig, RateLimitStore};

const FILE: &str = "[redis]\nurl = \"redis://kit:secret@127.0.0.1:6379/3\"\n";

static SHARED: MethodMeta = MethodMeta::new("pb.Mail", "send", "Send").policies(
    Policies::NONE.server(
        SidePolicies::NONE
            .rate_limit(RateLimitConfig::new(Rate::new(1, MS_1)).store(RateLimitStore::Redis)),
    ),
);
static MAIL: ServiceDescriptor =
    ServiceDescriptor::new("pb.Mail", "", &[MethodDescriptor::bare(&SHARED)]);
const MS_1: Duration = Duration::from_millis(1);

/// The knob's value and who says so.
fn knob(config: &Config) -> Option<(Option<String>, String)> {
    let knobs = config.knobs();
    let knob = knobs.get("redis.url")?;
    Some((knob.value.clone(), knob.origin.to_string()))
}

fn given(value: &str, origin: &str) -> Option<(Option<String>, String)> {
    Some((Some(value.to_owned()), origin.to_owned()))
}

#[test]
fn a_bad_url_is_an_error_at_the_start_with_its_file_and_line() {
    let check = |text: &str, expected: &str| {
        let error = Config::parse(text, "kit.toml").expect_err(text).to_string();
        assert!(error.starts_with(expected), "{error}");
        assert!(!error.contains("secret"), "{error}");
    };
    check(
        "[redis]\nurl = \"kit:secret@127.0.0.1\"\n",
        "kit.toml:2:7: `redis.url`: the URL of a Redis is like redis://127.0.0.1:6379: ",
    );
    check(
        "[redis]\nurl = \"redis://kit:secret@127.0.0.1:port\"\n",
        "kit.toml:2:7: `redis.url`: the URL of a Redis is like redis://127.0.0.1:6379: ",
    );
    check(
        "[redis]\nurl = 6379\n",
        "kit.toml:2:7: `redis.url` is a text; write it like `url = \"redis://",
    );
    check(
        "[redis]\nurls = \"redis://kit:secret@127.0.0.1\"\n",
        "kit.toml:2:1: `redis` has no key `urls`; write it like `url = ",
    );
    let error = Config::new()
        .with_variables([("KIT__REDIS__URL", "kit:secret@127.0.0.1")])
        .expect_err("no URL")
        .to_string();
    assert!(
        error.starts_with("KIT__REDIS__URL: `redis.url`: "),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn the_stronger_source_holds_and_is_told_without_the_password() {
    let config = Config::parse(FILE, "kit.toml").expect("a file");
    let from_file = given("redis://***@127.0.0.1:6379/3", "kit.toml:2");
    assert_eq!(knob(&config), from_file);
    let config = config
        .with_variables([("KIT__REDIS__URL", "redis://:secret@[::1]:7000")])
        .expect("a URL");
    assert_eq!(
        knob(&config),
        given("redis://***@[::1]:7000", "env KIT__REDIS__URL")
    );
    config
        .set("redis.url", "redis://127.0.0.1:6380")
        .expect("a URL");
    assert_eq!(knob(&config), given("redis://127.0.0.1:6380", "set"));
    let secret = "redis+unix:///run/redis.sock?db=2&pass=secret";
    config.set("redis.url", secret).expect("a URL");
    let shown = "redis+unix://***@/run/redis.sock?db=2";
    assert_eq!(knob(&config), given(shown, "set"));
    for printed in [
        config.knobs().to_string(),
        format!("{:?}", config.knobs()),
        format!("{config:?}"),
    ] {
        assert!(!printed.contains("secret"), "{printed}");
    }
}

#[test]
fn a_wrong_address_changes_nothing_in_a_running_program() {
    let config = Config::parse(FILE, "kit.toml").expect("a file");
    let noted = configure(&config, Side::Server);
    config.complete().expect("it is about no other service");
    for (key, value) in [("redis.url", "nowhere"), ("redis.port", "6379")] {
        config.set(key, value).expect_err(key);
    }
    let from_file = given("redis://***@127.0.0.1:6379/3", "kit.toml:2");
    assert_eq!(knob(&config), from_file);
    config.set("redis.url", "redis://[::1]").expect("a URL");
    assert_eq!(config.unset("redis.url"), Ok(true));
    assert_eq!(knob(&config), from_file);
    assert_eq!(*noted.given.lock().expect("a note"), 0);
}

#[test]
fn who_may_need_an_address_is_told_that_there_is_none() {
    let config = Config::new();
    assert_eq!(knob(&config), None);
    let noted: Arc<dyn Gates> = Arc::new(Noted::default());
    config
        .configure(&MAIL, Side::Server, Vec::new(), &noted)
        .expect("nothing is said");
    assert_eq!(knob(&config), Some((None, "default".to_owned())));
}

/// How much a service had been given when it was offered a store, each time.
fn given_before_offers(noted: &Noted) -> Vec<usize> {
    let offered = noted.offered.lock().expect("a note");
    offered.iter().map(|(given, _)| *given).collect()
}

#[test]
fn a_store_is_offered_before_the_values_that_may_need_it() {
    let text = format!("{FILE}[\"pb.Add\".sum]\ntimeout = \"1s\"\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    let from_the_start = configure(&config, Side::Server);
    assert_eq!(given_before_offers(&from_the_start), [0]);
    assert_eq!(*from_the_start.given.lock().expect("a note"), 1);

    let config = Config::new();
    let later = configure(&config, Side::Server);
    let variables = [
        ("KIT__REDIS__URL", "redis://127.0.0.1:6379"),
        ("KIT__PB_ADD__SUM__TIMEOUT", "1s"),
    ];
    config.with_variables(variables).expect("values");
    assert_eq!(given_before_offers(&later), [0]);
    assert_eq!(*later.given.lock().expect("a note"), 1);
}

#[test]
fn an_address_beside_values_that_are_refused_is_none_until_it_is_given_again() {
    let config = Config::new();
    let noted = configure(&config, Side::Server);
    *noted.refuses.lock().expect("a note") = Some(MS(1_000));
    let variables = |timeout| {
        [
            ("KIT__REDIS__URL", "redis://127.0.0.1:6379"),
            ("KIT__PB_ADD__SUM__TIMEOUT", timeout),
        ]
    };
    let refused = config.clone().with_variables(variables("1s"));
    assert!(refused.is_err());
    assert_eq!(knob(&config), None);
    let is_away = || noted.offered.lock().expect("a note")[0].1.is_away();
    assert!(is_away(), "each process judges by itself");

    let config = config.with_variables(variables("2s")).expect("values");
    assert_eq!(
        knob(&config),
        given("redis://127.0.0.1:6379", "env KIT__REDIS__URL")
    );
    assert!(!is_away(), "it is the same store");
    assert_eq!(given_before_offers(&noted).len(), 1);
}
