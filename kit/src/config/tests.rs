//! A configuration over services that only note what they are given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit_grammar::Side;

use super::*;
use crate::descriptor::{MethodDescriptor, MethodMeta};
use crate::policy::retry::RetryConfig;
use crate::policy::{InvalidPolicy, Policies, PolicyKind, SidePolicies};

const MS: fn(u64) -> Duration = Duration::from_millis;

static SUM: MethodMeta = MethodMeta::new("pb.Add", "sum", "Sum")
    .idempotent()
    .policies(
        Policies::NONE
            .timeout(Duration::from_secs(2))
            .client(SidePolicies::NONE.retry(RetryConfig::new())),
    );
static GET: MethodMeta = MethodMeta::new("pb.Store", "get", "Get").idempotent();
static STORE: ServiceDescriptor =
    ServiceDescriptor::new("pb.Store", "", &[MethodDescriptor::bare(&GET)]);
static CONCAT: MethodMeta = MethodMeta::new("pb.Add", "concat", "Concat");
static TYPE: MethodMeta = MethodMeta::new("pb.Add", "type", "Type");
static METHODS: [MethodDescriptor; 3] = [
    MethodDescriptor::bare(&SUM),
    MethodDescriptor::bare(&CONCAT),
    MethodDescriptor::bare(&TYPE),
];
static ADD: ServiceDescriptor = ServiceDescriptor::new("pb.Add", "", &METHODS);

static ALIKE: [MethodDescriptor; 2] = [
    MethodDescriptor::bare(&MethodMeta::new("Odd", "a_b", "AB")),
    MethodDescriptor::bare(&MethodMeta::new("Odd", "a__b", "A_B")),
];
static ODD: ServiceDescriptor = ServiceDescriptor::new("Odd", "", &ALIKE);

/// What a service was given, and how often.
#[derive(Default)]
struct Noted {
    timeouts: Mutex<Vec<Option<Duration>>>,
    given: Mutex<usize>,
    refuses: Mutex<Option<Duration>>,
}

impl Gates for Noted {
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy> {
        if policies.timeout.is_some() && policies.timeout == *self.refuses.lock().expect("a note") {
            return Err(InvalidPolicy::new(PolicyKind::Timeout, "not that one"));
        }
        self.timeouts.lock().expect("a note")[method] = policies.timeout;
        *self.given.lock().expect("a note") += 1;
        Ok(())
    }
}

impl Noted {
    fn timeouts(&self) -> Vec<Option<Duration>> {
        self.timeouts.lock().expect("a note").clone()
    }
}

fn try_configure(config: &Config, side: Side, own: Option<Duration>) -> Result<Arc<Noted>, String> {
    let noted = Arc::new(Noted::default());
    *noted.timeouts.lock().expect("a note") = vec![own.or(Some(MS(2_000))), None, None];
    let mut overrides = vec![Overrides::NONE; 3];
    overrides[0].server.timeout = own;
    let gates: Arc<dyn Gates> = noted.clone();
    config
        .configure(&ADD, side, overrides, &gates)
        .map_err(|error| error.to_string())?;
    Ok(noted)
}

fn configure(config: &Config, side: Side) -> Arc<Noted> {
    try_configure(config, side, None).expect("a right configuration")
}

fn parse(text: &str) -> Config {
    Config::parse(text, "kit.toml").expect(text)
}

/// What is wrong with a file, line by line.
fn wrong(text: &str) -> Vec<String> {
    let error = try_configure(&parse(text), Side::Server, None).err();
    let error = error.unwrap_or_default();
    error.lines().map(str::to_owned).collect()
}

#[test]
fn the_later_goes_over_the_earlier() {
    let file = "[\"pb.Add\".sum]\ntimeout = \"30ms\"\n";
    let variables = [("KIT__PB_ADD__SUM__TIMEOUT", "40ms")];
    let timeout = |config: &Config, own| {
        let noted = try_configure(config, Side::Server, own).expect("a right configuration");
        let knobs = config.knobs();
        let knob = knobs.get("pb.Add.sum.server.timeout.limit");
        let origin = knob.map(|knob| knob.origin.to_string());
        (noted.timeouts()[0], origin.unwrap_or_default())
    };
    let check = |config: Config, own, milliseconds, origin: &str| {
        let expected = (Some(MS(milliseconds)), origin.to_owned());
        assert_eq!(timeout(&config, own), expected);
    };
    check(Config::new(), None, 2_000, "contract");
    check(Config::new(), Some(MS(20)), 20, "impl");
    check(parse(file), Some(MS(20)), 30, "kit.toml:2");
    let with_variables = || parse(file).with_variables(variables).expect("variables");
    check(
        with_variables(),
        Some(MS(20)),
        40,
        "env KIT__PB_ADD__SUM__TIMEOUT",
    );
    let config = with_variables();
    config.set("pb.Add.sum.timeout", "50ms").expect("a timeout");
    check(config, Some(MS(20)), 50, "set");
}

#[test]
fn the_narrower_goes_over_the_wider_within_one_source() {
    let text = "[\"pb.Add\"]\ntimeout = \"1ms\"\nserver = { timeout = \"2ms\" }\n\
                [\"pb.Add\".concat]\ntimeout = \"3ms\"\n\
                [\"pb.Add\".type.server]\ntimeout = \"4ms\"\n";
    let server = configure(&parse(text), Side::Server).timeouts();
    assert_eq!(server, [Some(MS(2)), Some(MS(3)), Some(MS(4))]);
    let client = configure(&parse(text), Side::Client).timeouts();
    assert_eq!(client, [Some(MS(1)), Some(MS(3)), Some(MS(1))]);
    let variables = [("KIT__PB_ADD__TIMEOUT", "9ms")];
    let config = parse(text).with_variables(variables).expect("variables");
    let server = configure(&config, Side::Server).timeouts();
    assert_eq!(server, [Some(MS(9)); 3], "a source goes over a weaker one");
}

#[test]
fn off_is_off_until_somebody_says_otherwise() {
    for off in ["false", "\"off\"", "'false'"] {
        let config = parse(&format!("[\"pb.Add\".sum]\ntimeout = {off}\n"));
        let noted = configure(&config, Side::Server);
        assert_eq!(noted.timeouts()[0], None, "{off}");
        let knob = config
            .knobs()
            .get("pb.Add.sum.server.timeout.limit")
            .cloned();
        let knob = knob.expect("a knob");
        assert_eq!(knob.value.as_deref(), Some("off"));
        assert_eq!(knob.origin.to_string(), "kit.toml:2");
        config.set("pb.Add.sum.timeout", "on").expect("a switch");
        assert_eq!(noted.timeouts()[0], Some(MS(2_000)), "as it is declared");
    }
}

#[test]
fn every_wrong_name_says_what_exists() {
    let policies = "there are `timeout`, `fallback`, `cache`, `throttle`, `retry`, `hedge`, \
                    `breaker`, `shed`, `concurrency`, `rate_limit`";
    assert_eq!(
        wrong("[\"pb.Add\".summ]\ntimeout = \"1s\"\n"),
        [
            "kit.toml:1:11: `pb.Add` has no method `summ`; did you mean `sum`? \
          there are `sum`, `concat`, `type`"
        ]
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum]\ntimeuot = \"1s\"\n"),
        [format!(
            "kit.toml:2:1: `pb.Add.sum`: there is no policy `timeuot`; \
             did you mean `timeout`? {policies}"
        )]
    );
    assert_eq!(
        wrong("[\"pb.Add\"]\ntimeuot = { limit = \"1s\" }\n"),
        [format!(
            "kit.toml:2:1: `pb.Add`: there is no policy `timeuot`; \
             did you mean `timeout`? {policies}"
        )]
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum]\nrate_limit = { rate = \"1/s\", brust = 2 }\n"),
        [
            "kit.toml:2:30: `pb.Add.sum.rate_limit` has no key `brust`; did you mean `burst`? \
          there are `rate`, `burst`, `cost`, `total`, `wait`, `key`, `max_keys`, `store`"
        ]
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum.srever]\ntimeout = \"1s\"\n").len(),
        1
    );
    assert_eq!(
        wrong("[pb.Add]\ntimeout = \"1s\"\n"),
        [
            "kit.toml:1:5: the name `pb.Add` has a dot, which TOML takes for a table in a table; \
          write it with quotes, as in `[\"pb.Add\"]`"
        ]
    );
}

#[test]
fn every_wrong_value_says_what_is_right() {
    let check = |line: &str, expected: &str| {
        let text = format!("[\"pb.Add\".sum]\n{line}\n");
        assert_eq!(wrong(&text), [format!("kit.toml:2:{expected}")], "{line}");
    };
    let units = "the units are `ns`, `us`, `ms`, `s`, `m` and `h`";
    check(
        "timeout = 2",
        &format!(
            "11: `pb.Add.sum.timeout.limit`: `2` has no unit; \
             write a duration like \"2s\"; {units}"
        ),
    );
    check(
        "timeout = [\"2s\"]",
        "11: `pb.Add.sum.timeout`: a list says nothing of a policy; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`",
    );
    check(
        "timeout = {}",
        "11: `pb.Add.sum.timeout`: an empty table says nothing of a policy; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`",
    );
    check(
        "breaker = 5",
        "11: `pb.Add.sum.breaker`: 5 says nothing of a policy; \
         write `breaker = 'failures = 5'`, a table of its keys, or `\"off\"`",
    );
    check(
        "timeout = 2026-01-01",
        "11: `pb.Add.sum.timeout`: a date says nothing of a policy; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`",
    );
    check(
        "timeout = { limit = { a = 1 } }",
        "21: `pb.Add.sum.timeout.limit`: a table is no value of a key; \
         write a string, a number, a boolean or a list of codes",
    );
    check(
        "rate_limit = \"fast\"",
        "14: `pb.Add.sum.rate_limit.rate`: `fast` is not a rate: it has no `/`; \
         write a rate like \"100/s\"",
    );
    check(
        "rate_limit = \"1/s, burst = 0\"",
        "14: `pb.Add.sum.rate_limit.burst`: `burst` must be at least 1; write `burst = 20`",
    );
    check(
        "retry = { on = [\"unavailble\"] }",
        "16: `pb.Add.sum.retry.on`: `unavailble` is no code that a call fails with; \
         did you mean `unavailable`? there are `cancelled`, `unknown`, `invalid_argument`, \
         `deadline_exceeded`, `not_found`, `already_exists`, `permission_denied`, \
         `resource_exhausted`, `failed_precondition`, `aborted`, `out_of_range`, \
         `unimplemented`, `internal`, `unavailable`, `data_loss`, `unauthenticated`",
    );
    check(
        "fallback = \"cached\"",
        "12: `pb.Add.sum.fallback` names a function, which only an attribute can; \
         switch it off or on here, with `\"off\"` or `\"on\"`",
    );
    check(
        "client = { shed = { cpu = 0.9 } }",
        "12: `pb.Add.sum.client.shed`: `shed` does not work in a client; it works in a server",
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once_in_the_order_of_the_file() {
    let text = "[\"pb.Add\".concat]\ntimeout = \"soon\"\nretry = \"on\"\nno = 1\n\
                [\"pb.Add\".sum]\ntimeout = \"late\"\n";
    let places: Vec<String> = wrong(text)
        .iter()
        .map(|line| line.split(": ").next().unwrap_or_default().to_owned())
        .collect();
    let expected = [
        "kit.toml:2:11",
        "kit.toml:3:1",
        "kit.toml:4:1",
        "kit.toml:6:11",
    ];
    assert_eq!(places, expected);
}

#[test]
fn a_policy_that_repeats_calls_is_for_idempotent_methods() {
    assert_eq!(
        wrong("[\"pb.Add\".concat]\nretry = \"on\"\n"),
        [
            "kit.toml:2:1: `pb.Add.concat.retry`: `retry` may make a call twice, and the method \
          is not idempotent; say so in its `#[endpoint(.., idempotent)]`, or remove it here"
        ]
    );
    let all: [String; 0] = [];
    assert_eq!(wrong("[\"pb.Add\"]\nretry = \"on\"\n"), all);
    assert_eq!(wrong("[\"pb.Add\".concat]\nretry = \"off\"\n"), all);
}

#[test]
fn a_policy_that_needs_the_call_itself_stands_where_the_code_is_made_for_it() {
    let all: [String; 0] = [];
    assert_eq!(wrong("[\"pb.Add\".sum]\nhedge = \"on\"\n"), all);
    assert_eq!(
        wrong("[\"pb.Add\".sum]\ncache = \"ttl = 1s\"\n"),
        [
            "kit.toml:2:1: `pb.Add.sum.cache`: the code of the method is not made for a `cache`; \
          add `#[cache(ttl = \"1s\")]` to the contract's method"
        ]
    );
    let noted: Arc<dyn Gates> = Arc::new(Noted::default());
    let error = parse("[\"pb.Store\"]\nretry = \"on\"\n");
    let error = error.configure(&STORE, Side::Client, Vec::new(), &noted);
    assert_eq!(
        error.expect_err("no method").to_string(),
        "kit.toml:2:1: `pb.Store.retry`: the code of the method is not made for a `retry`; \
         add `#[retry(attempts = 3, backoff = \"20ms..1s\")]` to the contract's method"
    );
}

#[test]
fn policies_that_mean_nothing_together_are_wrong() {
    let wrong = |text: &str| {
        let error = try_configure(&parse(text), Side::Client, None).err();
        error.unwrap_or_default()
    };
    assert_eq!(
        wrong("[\"pb.Add\".sum]\nretry = { attempt_timeout = \"2s\" }\n"),
        "kit.toml:2:29: `pb.Add.sum`: the `attempt_timeout` of `retry` is not less than the \
         `timeout`; write one that leaves time for a second try"
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum]\nbreaker = \"on\"\nthrottle = \"on\"\n"),
        "kit.toml:2:1: `pb.Add.sum`: `breaker` and `throttle` do the same, each in its way; \
         switch one of them `\"off\"`"
    );
    assert_eq!(
        wrong("[\"pb.Add\".sum.client]\nrate_limit = \"1/s, key = arg(a)\"\n"),
        "kit.toml:2:14: `pb.Add.sum`: the code of the method does not read `a` for a rate limit; \
         write `key = arg(a)` in its `#[rate_limit(..)]`"
    );
}

#[test]
fn variables_name_what_they_can_spell() {
    let variables = [
        ("KIT__PB_ADD__TYPE__TIMEOUT", "1ms"),
        ("KIT__PB_ADD__CONCAT__SERVER__TIMEOUT__LIMIT", "2ms"),
        ("KIT__OTHER__SUM__TIMEOUT", "soon"),
    ];
    let config = Config::new().with_variables(variables).expect("variables");
    let timeouts = configure(&config, Side::Server).timeouts();
    assert_eq!(timeouts, [Some(MS(2_000)), Some(MS(2)), Some(MS(1))]);
    let wrong = |name: &str, value: &str| {
        let config = Config::new().with_variables([(name, value)]).expect(name);
        try_configure(&config, Side::Server, None)
            .err()
            .unwrap_or_default()
    };
    assert_eq!(
        wrong("KIT__PB_ADD__SUMM__TIMEOUT", "1s"),
        "KIT__PB_ADD__SUMM__TIMEOUT: `pb.Add` has no method `SUMM`; did you mean `SUM`? \
         there are `SUM`, `CONCAT`, `TYPE`"
    );
    assert_eq!(
        wrong("KIT__PB_ADD__SUM__RATE_LIMIT__BRUST", "1"),
        "KIT__PB_ADD__SUM__RATE_LIMIT__BRUST: `pb.Add.sum.rate_limit` has no key `BRUST`; \
         did you mean `burst`? \
         there are `rate`, `burst`, `cost`, `total`, `wait`, `key`, `max_keys`, `store`"
    );
    assert_eq!(
        wrong("KIT__PB_ADD__SUM", "1s"),
        "KIT__PB_ADD__SUM: `pb.Add.sum` is a method, and no policy; \
         give it a table of policies, as in `timeout = \"2s\"`"
    );
    assert_eq!(
        wrong("KIT__PB_ADD__SUM__TIMEOUT", ""),
        "KIT__PB_ADD__SUM__TIMEOUT: `pb.Add.sum.timeout`: nothing says nothing of a policy; \
         write `timeout = '\"2s\"'`, a table of its keys, or `\"off\"`"
    );
}

#[test]
fn names_that_are_spelled_alike_are_for_a_file() {
    let noted: Arc<dyn Gates> = Arc::new(Noted::default());
    let variables = [("KIT__ODD__A_B__TIMEOUT", "1s")];
    let config = Config::new().with_variables(variables).expect("variables");
    let error = config.configure(&ODD, Side::Server, Vec::new(), &noted);
    assert_eq!(
        error.expect_err("two methods").to_string(),
        "KIT__ODD__A_B__TIMEOUT: `A_B` is how `a_b` and `a__b` are both spelled; \
         set them in a file"
    );
}

#[test]
fn a_wrong_value_that_is_set_changes_nothing() {
    let config = Config::new();
    let (server, client) = (
        configure(&config, Side::Server),
        configure(&config, Side::Client),
    );
    config.set("pb.Add.timeout", "1s").expect("a timeout");
    assert_eq!(server.timeouts(), [Some(MS(1_000)); 3]);
    assert_eq!(client.timeouts(), [Some(MS(1_000)); 3]);
    for (key, value) in [
        ("pb.Add.timeout", "soon"),
        ("pb.Add.summ.timeout", "2s"),
        ("pb.Add.sum", "2s"),
        ("pb.Add", "2s"),
        ("pb.Ad.sum.timeout", "2s"),
    ] {
        let error = config.set(key, value).expect_err(key);
        assert!(
            error.to_string().starts_with(&format!("set {key}: ")),
            "{error}"
        );
    }
    assert_eq!(server.timeouts(), [Some(MS(1_000)); 3]);
    assert_eq!(config.unset("pb.Add.timeout"), Ok(true));
    assert_eq!(config.unset("pb.Add.timeout"), Ok(false));
    assert_eq!(server.timeouts(), [Some(MS(2_000)), None, None]);
}

#[test]
fn what_one_service_refuses_no_service_keeps() {
    let config = Config::new();
    let (server, client) = (
        configure(&config, Side::Server),
        configure(&config, Side::Client),
    );
    *client.refuses.lock().expect("a note") = Some(MS(7));
    let error = config
        .set("pb.Add.concat.timeout", "7ms")
        .expect_err("refused");
    assert_eq!(error.to_string(), "`pb.Add.concat.timeout`: not that one");
    assert_eq!(server.timeouts(), [Some(MS(2_000)), None, None]);
    assert_eq!(client.timeouts(), [Some(MS(2_000)), None, None]);
}

#[test]
fn only_what_is_new_is_handed_over() {
    let config = parse("[\"pb.Add\".concat]\ntimeout = \"1s\"\n");
    let noted = configure(&config, Side::Server);
    assert_eq!(*noted.given.lock().expect("a note"), 1);
    config.set("pb.Add.concat.timeout", "1s").expect("the same");
    assert_eq!(*noted.given.lock().expect("a note"), 1);
}

/// The policies that a side of a method has knobs of, in their order.
fn policies_of(side: Side, method: &str) -> Vec<String> {
    let config = Config::new();
    let _noted = configure(&config, side);
    let place = format!("pb.Add.{method}.{}.", side.name());
    let knobs = config.knobs();
    let knobs = knobs
        .iter()
        .filter_map(|knob| knob.name.strip_prefix(&place));
    let mut policies: Vec<String> = knobs
        .filter_map(|knob| Some(knob.split_once('.')?.0.to_owned()))
        .collect();
    policies.dedup();
    policies
}

#[test]
fn each_side_has_the_knobs_that_can_be_set_on_it() {
    let server = ["timeout", "breaker", "shed", "concurrency", "rate_limit"];
    assert_eq!(policies_of(Side::Server, "sum"), server);
    assert_eq!(policies_of(Side::Server, "concat"), server);
    // No fallback and no cache: the contract has no function and no key for
    // them. `concat` may not be called twice.
    assert_eq!(
        policies_of(Side::Client, "sum"),
        [
            "timeout",
            "throttle",
            "retry",
            "hedge",
            "breaker",
            "concurrency",
            "rate_limit"
        ]
    );
    assert_eq!(
        policies_of(Side::Client, "concat"),
        [
            "timeout",
            "throttle",
            "breaker",
            "concurrency",
            "rate_limit"
        ]
    );
}

#[test]
fn what_can_be_set_is_a_knob_and_nothing_else_is() {
    for side in [Side::Server, Side::Client] {
        for method in ["sum", "concat"] {
            let knobs = policies_of(side, method);
            for policy in kit_grammar::POLICIES {
                let config = Config::new();
                let _noted = configure(&config, side);
                let key = format!("pb.Add.{method}.{}.{}", side.name(), policy.name);
                let is_set = config.set(&key, policy.example).is_ok();
                let is_knob = knobs.iter().any(|knob| knob == policy.name);
                assert_eq!(is_set, is_knob, "{key}");
            }
        }
    }
}

#[test]
fn services_that_are_gone_are_forgotten() {
    let config = Config::new();
    let noted = configure(&config, Side::Server);
    assert_ne!(config.knobs(), Knobs::default());
    drop(noted);
    assert_eq!(config.knobs(), Knobs::default());
    config
        .set("pb.Add.timeout", "1s")
        .expect("for those to come");
    assert_eq!(
        configure(&config, Side::Server).timeouts(),
        [Some(MS(1_000)); 3]
    );
}

#[test]
fn sections_of_other_services_are_wrong_once_all_are_configured() {
    let text = "[\"pb.Ad\".sum]\ntimeout = \"1s\"\n";
    let variables = [("KIT__PB_AD__TIMEOUT", "1s")];
    let config = parse(text).with_variables(variables).expect("variables");
    configure(&config, Side::Server);
    let error = config.complete().expect_err("a stranger");
    assert_eq!(
        error.to_string(),
        "kit.toml:1:2: no service `pb.Ad` is configured; did you mean `pb.Add`? \
         there are `pb.Add`\n\
         KIT__PB_AD__TIMEOUT: no service `PB_AD` is configured; did you mean `PB_ADD`? \
         there are `PB_ADD`"
    );
    let config = parse("[\"pb.Add\"]\ntimeout = \"1s\"\n");
    configure(&config, Side::Server);
    assert_eq!(config.complete(), Ok(()));
}

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.toml");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

#[test]
fn a_bad_file_changes_nothing_and_its_error_stays_until_it_is_mended() {
    let (_folder, path) = written("[\"pb.Add\"]\ntimeout = \"1s\"\n");
    let config = Config::load(&path).expect("a file");
    let noted = configure(&config, Side::Server);
    config.complete().expect("all services");
    assert_eq!(config.reload(), Ok(false));
    for (bad, place) in [
        (
            "[\"pb.Add\"]\ntimeout = \"3s\"\nrate_limit = \"fast\"\n",
            ":3:14: ",
        ),
        ("[\"pb.Add\"]\ntimeout = \"3s\"\n[\"pb.Sub\"]\n", ":3:2: "),
        ("[\"pb.Add\"\ntimeout = \"3s\"\n", ":1:10: "),
    ] {
        std::fs::write(&path, bad).expect("a file");
        let error = config.reload().expect_err(bad);
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(
            config.reload().as_ref(),
            Err(&error),
            "until it is another file"
        );
        assert_eq!(config.last_error(), Some(error));
        assert_eq!(noted.timeouts(), [Some(MS(1_000)); 3]);
    }
    std::fs::remove_file(&path).expect("a file");
    assert!(config.reload().is_err());
    assert_eq!(noted.timeouts(), [Some(MS(1_000)); 3]);
    std::fs::write(&path, "[\"pb.Add\"]\ntimeout = \"2s\"\n").expect("a file");
    assert_eq!(config.reload(), Ok(true));
    assert_eq!(config.last_error(), None);
    assert_eq!(noted.timeouts(), [Some(MS(2_000)); 3]);
}

#[test]
fn a_file_that_is_not_there_stops_the_start() {
    let error = Config::load("/nowhere/kit.toml").expect_err("no file");
    let text = error.to_string();
    assert!(
        text.starts_with("/nowhere/kit.toml can't be read: "),
        "{text}"
    );
}

#[test]
fn a_file_has_a_largest_size() {
    let (_folder, path) = written(&"#".repeat(1 << 20));
    assert!(Config::load(&path).is_ok());
    std::fs::write(&path, "#".repeat((1 << 20) + 1)).expect("a file");
    let error = Config::load(&path).expect_err("a large file");
    assert!(
        error.to_string().ends_with(" is larger than 1 MiB"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_watched_file_is_looked_at_until_nobody_has_the_configuration() {
    let (_folder, path) = written("[\"pb.Add\"]\ntimeout = \"1s\"\n");
    let config = Config::load(&path).expect("a file");
    let noted = configure(&config, Side::Server);
    config.watch(Duration::from_secs(1));
    // As a ConfigMap does: another file in its place.
    let next = path.with_extension("next");
    std::fs::write(&next, "[\"pb.Add\"]\ntimeout = \"5s\"\n").expect("a file");
    std::fs::rename(&next, &path).expect("a file");
    while noted.timeouts()[0] != Some(MS(5_000)) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let shared = Arc::downgrade(&config.0);
    drop(config);
    while shared.strong_count() > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
