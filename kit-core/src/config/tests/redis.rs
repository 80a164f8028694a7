//! The address of the Redis of shared limits.

use super::*;
use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitStore};

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
        "kit.toml:2:1: `redis` has no key `urls`; did you mean `url`? there are `url`, `prefix`, \
         `timeout`",
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
    let wrong = [
        ("redis.url", "nowhere"),
        ("redis.port", "6379"),
        ("redis.prefix", ""),
        ("redis.timeout", "soon"),
        ("redis.timeout.max", "1s"),
    ];
    for (key, value) in wrong {
        config.set(key, value).expect_err(key);
    }
    assert_eq!(shown(&config, "redis.prefix"), said("kit", "default"));
    assert_eq!(shown(&config, "redis.timeout"), said("50ms", "default"));
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
    let noted: Arc<dyn PolicyTarget> = Arc::new(Noted::default());
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

#[test]
fn a_wrong_prefix_or_timeout_is_told_with_what_is_right() {
    let check = |line: &str, expected: &str| {
        let text = format!("[redis]\n{line}\n");
        let error = Config::parse(&text, "kit.toml").expect_err(line);
        assert_eq!(error.to_string(), expected);
    };
    check(
        "prefix = 1",
        "kit.toml:2:10: `redis.prefix` is a text; write it like `prefix = \"shop\"`",
    );
    check(
        "prefix = \"\"",
        "kit.toml:2:10: `redis.prefix` is empty; write it like `prefix = \"shop\"`",
    );
    check(
        "timeout = 50",
        "kit.toml:2:11: `redis.timeout` is a text; write it like `timeout = \"50ms\"`",
    );
    check(
        "timeout.max = \"50ms\"",
        "kit.toml:2:1: `redis.timeout` is a text; write it like `timeout = \"50ms\"`",
    );
    check(
        "timeout = \"0s\"",
        "kit.toml:2:11: `redis.timeout`: `0s` is no time at all; write it like `timeout = \
         \"50ms\"`",
    );
    check(
        "prefx = \"a\"\ntimeout = \"50\"",
        "kit.toml:2:1: `redis` has no key `prefx`; did you mean `prefix`? there are `url`, \
         `prefix`, `timeout`\n\
         kit.toml:3:11: `redis.timeout`: `50` has no unit; write it like `timeout = \"50ms\"`",
    );
    let check = |name: &str, value: &str, expected: &str| {
        let error = Config::new().with_variables([(name, value)]);
        assert_eq!(error.expect_err(name).to_string(), expected);
    };
    check(
        "KIT__REDIS__TIMEOUTS",
        "1s",
        "KIT__REDIS__TIMEOUTS: `redis` has no key `TIMEOUTS`; did you mean `TIMEOUT`? there are \
         `URL`, `PREFIX`, `TIMEOUT`",
    );
    check(
        "KIT__REDIS__PREFIX",
        "",
        "KIT__REDIS__PREFIX: `redis.prefix` is empty; write it like `prefix = \"shop\"`",
    );
    let error = Config::new()
        .set("redis.timeout", "1 s")
        .expect_err("wrong");
    assert_eq!(
        error.to_string(),
        "set redis.timeout: `redis.timeout`: `1 s` has no unit that is known; write it like \
         `timeout = \"50ms\"`"
    );
}

/// What a knob shows, and who says so.
fn shown(config: &Config, name: &str) -> (String, String) {
    let knobs = config.knobs();
    let knob = knobs.get(name).expect(name);
    (knob.value.clone().expect(name), knob.origin.to_string())
}

fn said(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn a_prefix_and_a_timeout_are_shown_with_who_says_them() {
    let without = Config::parse(FILE, "kit.toml").expect("a file");
    assert_eq!(shown(&without, "redis.prefix"), said("kit", "default"));
    assert_eq!(shown(&without, "redis.timeout"), said("50ms", "default"));
    for (name, default) in [("redis.prefix", "kit"), ("redis.timeout", "50ms")] {
        let knobs = without.knobs();
        assert_eq!(knobs.get(name).and_then(|knob| knob.default), Some(default));
    }

    let text = format!("{FILE}prefix = \"shop\"\ntimeout = \"1000ms\"\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    assert_eq!(shown(&config, "redis.prefix"), said("shop", "kit.toml:3"));
    assert_eq!(shown(&config, "redis.timeout"), said("1s", "kit.toml:4"));

    let variables = [
        ("KIT__REDIS__PREFIX", "blue"),
        ("KIT__REDIS__TIMEOUT", "20ms"),
    ];
    let config = config.with_variables(variables).expect("values");
    let prefix = said("blue", "env KIT__REDIS__PREFIX");
    assert_eq!(shown(&config, "redis.prefix"), prefix);
    let timeout = said("20ms", "env KIT__REDIS__TIMEOUT");
    assert_eq!(shown(&config, "redis.timeout"), timeout);

    config.set("redis.prefix", "green").expect("a prefix");
    assert_eq!(shown(&config, "redis.prefix"), said("green", "set"));
    assert_eq!(config.unset("redis.prefix"), Ok(true));
    assert_eq!(shown(&config, "redis.prefix"), prefix);
}

#[test]
fn a_prefix_without_an_address_is_shown_as_well() {
    let config = Config::parse("[redis]\nprefix = \"shop\"\n", "kit.toml").expect("a file");
    assert_eq!(shown(&config, "redis.prefix"), said("shop", "kit.toml:2"));
    assert_eq!(knob(&config), Some((None, "default".to_owned())));
}
