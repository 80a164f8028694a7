//! Table `[redis]` of a configuration.

use kit::Config;

const FILE: &str = "[redis]\nurl = \"redis://kit:secret@127.0.0.1:6379/3\"\n";

/// The value of a knob, and its origin.
fn shown(config: &Config, name: &str) -> (Option<String>, String) {
    let knobs = config.knobs();
    let knob = knobs.get(name).expect(name);
    (knob.value.clone(), knob.origin.to_string())
}

fn value(value: &str, origin: &str) -> (Option<String>, String) {
    (Some(value.to_owned()), origin.to_owned())
}

#[test]
fn an_invalid_table_is_an_error_with_its_file_and_line() {
    let check = |text: &str, expected: &str| {
        let error = Config::parse(text, "kit.toml").expect_err(text).to_string();
        assert!(error.starts_with(expected), "{error}");
        assert!(!error.contains("secret"), "{error}");
    };
    check(
        "[redis]\nurl = \"kit:secret@127.0.0.1\"\n",
        "kit.toml:2:7: `redis.url`: expected a URL like redis://127.0.0.1:6379: ",
    );
    check(
        "[redis]\nurl = \"redis://kit:secret@127.0.0.1:port\"\n",
        "kit.toml:2:7: `redis.url`: expected a URL like redis://127.0.0.1:6379: ",
    );
    check(
        "[redis]\nurl = 6379\n",
        "kit.toml:2:7: `redis.url` must be a text; write it like `url = \"redis://",
    );
    check(
        "[redis]\nurls = \"redis://kit:secret@127.0.0.1\"\n",
        "kit.toml:2:1: `redis` has no key `urls`; did you mean `url`? expected one of `url`, `prefix`, \
         `timeout`",
    );
    check(
        "[redis]\ntimeout = \"50\"\n",
        "kit.toml:2:11: `redis.timeout`: `50` has no unit; write it like `timeout = \"50ms\"`",
    );
    check(
        "[redis]\nprefix = \"\"\n",
        "kit.toml:2:10: `redis.prefix` is empty; write it like `prefix = \"shop\"`",
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
fn the_later_source_wins_and_its_url_is_printed_without_the_password() {
    let config = Config::parse(FILE, "kit.toml").expect("a file");
    let from_file = value("redis://***@127.0.0.1:6379/3", "kit.toml:2");
    assert_eq!(shown(&config, "redis.url"), from_file);
    let config = config
        .with_variables([("KIT__REDIS__URL", "redis://:secret@[::1]:7000")])
        .expect("a URL");
    assert_eq!(
        shown(&config, "redis.url"),
        value("redis://***@[::1]:7000", "env KIT__REDIS__URL")
    );
    config
        .set("redis.url", "redis://127.0.0.1:6380")
        .expect("a URL");
    assert_eq!(
        shown(&config, "redis.url"),
        value("redis://127.0.0.1:6380", "set")
    );
    let secret = "redis+unix:///run/redis.sock?db=2&pass=secret";
    config.set("redis.url", secret).expect("a URL");
    let expected = value("redis+unix://***@/run/redis.sock?db=2", "set");
    assert_eq!(shown(&config, "redis.url"), expected);
    for printed in [
        config.knobs().to_string(),
        format!("{:?}", config.knobs()),
        format!("{config:?}"),
    ] {
        assert!(!printed.contains("secret"), "{printed}");
    }
}

#[test]
fn an_invalid_value_changes_nothing() {
    let config = Config::parse(FILE, "kit.toml").expect("a file");
    let invalid = [
        ("redis.url", "nowhere"),
        ("redis.port", "6379"),
        ("redis.prefix", ""),
        ("redis.timeout", "soon"),
        ("redis.timeout.max", "1s"),
    ];
    for (key, value) in invalid {
        config.set(key, value).expect_err(key);
    }
    assert_eq!(shown(&config, "redis.prefix"), value("kit", "default"));
    assert_eq!(shown(&config, "redis.timeout"), value("50ms", "default"));
    let from_file = value("redis://***@127.0.0.1:6379/3", "kit.toml:2");
    assert_eq!(shown(&config, "redis.url"), from_file);
    config.set("redis.url", "redis://[::1]").expect("a URL");
    assert_eq!(config.unset("redis.url"), Ok(true));
    assert_eq!(shown(&config, "redis.url"), from_file);
}

#[test]
fn knobs_are_listed_only_with_a_table() {
    assert!(Config::new().knobs().get("redis.url").is_none());
    let config = Config::parse("[redis]\nprefix = \"shop\"\n", "kit.toml").expect("a file");
    assert_eq!(shown(&config, "redis.prefix"), value("shop", "kit.toml:2"));
    let none = (None, "default".to_owned());
    assert_eq!(shown(&config, "redis.url"), none);
}
