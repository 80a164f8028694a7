//! The stores of shared limits, over factories that are registered here.

use super::*;
use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitStore};
use crate::model::status::Status;
use crate::policy::rate_limit::{StoreFactory, StoreKey, StoreRequest, StoreSettings, Taking};

const FILE: &str = "[counters]\nurl = \"counters://secret@10.0.0.1\"\n";

const URL: StoreKey = StoreKey::text("url", "counters://10.0.0.1", "where it is")
    .judged(without_password)
    .required();
const PREFIX: StoreKey = StoreKey::text("prefix", "shop", "how its keys begin").default("kit");
const TIMEOUT: StoreKey =
    StoreKey::duration("timeout", "50ms", "how long calls wait for it").default("50ms");

inventory::submit! { StoreFactory::new("counters", &[URL, PREFIX, TIMEOUT], counters) }

// It has no required key, so that its table alone makes it.
inventory::submit! { StoreFactory::new("tiny_store", &[StoreKey::text("mode", "strict", "how")], tiny) }

/// A store that is never away.
#[derive(Clone, Debug)]
pub(in crate::config) struct Counters {
    pub(in crate::config) made_of: Vec<String>,
    /// Shared by those that replaced one another at one URL.
    pub(in crate::config) connection: Arc<()>,
}

impl SharedStore for Counters {
    fn take<'a>(&'a self, _: &'a StoreRequest<'a>) -> Taking<'a> {
        Box::pin(async { None })
    }

    fn is_away(&self) -> bool {
        false
    }
}

fn without_password(url: &str) -> Result<String, Status> {
    let rest = url.strip_prefix("counters://");
    let rest = rest.ok_or_else(|| Status::invalid_argument("it begins with counters://"))?;
    let host = rest.rsplit('@').next().unwrap_or_default();
    Ok(format!("counters://{host}"))
}

fn counters(settings: &StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status> {
    let text = |key| settings.text(key).unwrap_or_default();
    if text("prefix") == "taken" {
        return Err(Status::invalid_argument("the prefix is taken"));
    }
    let kept = settings.replaced::<Counters>(&["url"]);
    Ok(Arc::new(Counters {
        made_of: vec![
            text("url").to_owned(),
            text("prefix").to_owned(),
            format!("{:?}", settings.duration("timeout")),
        ],
        connection: kept
            .map(|kept| Arc::clone(&kept.connection))
            .unwrap_or_default(),
    }))
}

fn tiny(settings: &StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status> {
    assert_eq!(settings.duration("mode"), None);
    Ok(Arc::new(Counters {
        made_of: settings
            .text("mode")
            .map(str::to_owned)
            .into_iter()
            .collect(),
        connection: Arc::default(),
    }))
}

static SHARED: MethodMeta = MethodMeta::new("pb.Mail", "send", "Send").policies(
    Policies::NONE.server(SidePolicies::NONE.rate_limit(
        RateLimitConfig::new(Rate::new(1, MS_1)).store(RateLimitStore::Named("counters")),
    )),
);
static MAIL: ServiceDescriptor =
    ServiceDescriptor::new("pb.Mail", "", &[MethodDescriptor::bare(&SHARED)]);
const MS_1: Duration = Duration::from_millis(1);

/// The knob's value and who says so.
fn knob(config: &Config) -> Option<(Option<String>, String)> {
    let knobs = config.knobs();
    let knob = knobs.get("counters.url")?;
    Some((knob.value.clone(), knob.origin.to_string()))
}

fn given(value: &str, origin: &str) -> Option<(Option<String>, String)> {
    Some((Some(value.to_owned()), origin.to_owned()))
}

#[test]
fn a_wrong_address_changes_nothing_in_a_running_program() {
    let config = Config::parse(FILE, "kit.toml").expect("a file");
    let noted = configure(&config, Side::Server);
    config.complete().expect("it is about no other service");
    let wrong = [
        ("counters.url", "nowhere"),
        ("counters.port", "6379"),
        ("counters.prefix", ""),
        ("counters.timeout", "soon"),
        ("counters.timeout.max", "1s"),
    ];
    for (key, value) in wrong {
        config.set(key, value).expect_err(key);
    }
    assert_eq!(shown(&config, "counters.prefix"), said("kit", "default"));
    assert_eq!(shown(&config, "counters.timeout"), said("50ms", "default"));
    let from_file = given("counters://10.0.0.1", "kit.toml:2");
    assert_eq!(knob(&config), from_file);
    config
        .set("counters.url", "counters://10.0.0.2")
        .expect("a URL");
    assert_eq!(config.unset("counters.url"), Ok(true));
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
    offered.iter().map(|(given, ..)| *given).collect()
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
        ("KIT__COUNTERS__URL", "counters://10.0.0.1"),
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
            ("KIT__COUNTERS__URL", "counters://10.0.0.1"),
            ("KIT__PB_ADD__SUM__TIMEOUT", timeout),
        ]
    };
    let refused = config.clone().with_variables(variables("1s"));
    assert!(refused.is_err());
    assert_eq!(knob(&config), None);
    let is_away = || noted.offered.lock().expect("a note")[0].2.is_away();
    assert!(is_away(), "each process judges by itself");

    let config = config.with_variables(variables("2s")).expect("values");
    assert_eq!(
        knob(&config),
        given("counters://10.0.0.1", "env KIT__COUNTERS__URL")
    );
    assert!(!is_away(), "it is the same store");
    assert_eq!(given_before_offers(&noted).len(), 1);
}

#[test]
fn a_wrong_prefix_or_timeout_is_told_with_what_is_right() {
    let check = |line: &str, expected: &str| {
        let text = format!("[counters]\n{line}\n");
        let error = Config::parse(&text, "kit.toml").expect_err(line);
        assert_eq!(error.to_string(), expected);
    };
    check(
        "prefix = 1",
        "kit.toml:2:10: `counters.prefix` is a text; write it like `prefix = \"shop\"`",
    );
    check(
        "prefix = \"\"",
        "kit.toml:2:10: `counters.prefix` is empty; write it like `prefix = \"shop\"`",
    );
    check(
        "timeout = 50",
        "kit.toml:2:11: `counters.timeout` is a text; write it like `timeout = \"50ms\"`",
    );
    check(
        "timeout.max = \"50ms\"",
        "kit.toml:2:1: `counters.timeout` is a text; write it like `timeout = \"50ms\"`",
    );
    check(
        "timeout = \"0s\"",
        "kit.toml:2:11: `counters.timeout`: the duration `0s` is zero; write it like `timeout = \
         \"50ms\"`",
    );
    check(
        "prefx = \"a\"\ntimeout = \"50\"",
        "kit.toml:2:1: `counters` has no key `prefx`; did you mean `prefix`? expected one of `url`, \
         `prefix`, `timeout`\n\
         kit.toml:3:11: `counters.timeout`: `50` has no unit; write it like `timeout = \"50ms\"`",
    );
    let check = |name: &str, value: &str, expected: &str| {
        let error = Config::new().with_variables([(name, value)]);
        assert_eq!(error.expect_err(name).to_string(), expected);
    };
    check(
        "KIT__COUNTERS__TIMEOUTS",
        "1s",
        "KIT__COUNTERS__TIMEOUTS: `counters` has no key `TIMEOUTS`; did you mean `TIMEOUT`? expected one of \
         `URL`, `PREFIX`, `TIMEOUT`",
    );
    check(
        "KIT__COUNTERS__PREFIX",
        "",
        "KIT__COUNTERS__PREFIX: `counters.prefix` is empty; write it like `prefix = \"shop\"`",
    );
    let error = Config::new()
        .set("counters.timeout", "1 s")
        .expect_err("wrong");
    assert_eq!(
        error.to_string(),
        "set counters.timeout: `counters.timeout`: `1 s` has an unknown unit; write it like \
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
    assert_eq!(shown(&without, "counters.prefix"), said("kit", "default"));
    assert_eq!(shown(&without, "counters.timeout"), said("50ms", "default"));
    for (name, default) in [("counters.prefix", "kit"), ("counters.timeout", "50ms")] {
        let knobs = without.knobs();
        assert_eq!(knobs.get(name).and_then(|knob| knob.default), Some(default));
    }

    let text = format!("{FILE}prefix = \"shop\"\ntimeout = \"1000ms\"\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    assert_eq!(
        shown(&config, "counters.prefix"),
        said("shop", "kit.toml:3")
    );
    assert_eq!(shown(&config, "counters.timeout"), said("1s", "kit.toml:4"));

    let variables = [
        ("KIT__COUNTERS__PREFIX", "blue"),
        ("KIT__COUNTERS__TIMEOUT", "20ms"),
    ];
    let config = config.with_variables(variables).expect("values");
    let prefix = said("blue", "env KIT__COUNTERS__PREFIX");
    assert_eq!(shown(&config, "counters.prefix"), prefix);
    let timeout = said("20ms", "env KIT__COUNTERS__TIMEOUT");
    assert_eq!(shown(&config, "counters.timeout"), timeout);

    config.set("counters.prefix", "green").expect("a prefix");
    assert_eq!(shown(&config, "counters.prefix"), said("green", "set"));
    assert_eq!(config.unset("counters.prefix"), Ok(true));
    assert_eq!(shown(&config, "counters.prefix"), prefix);
}

#[test]
fn a_prefix_without_an_address_is_shown_as_well() {
    let config = Config::parse("[counters]\nprefix = \"shop\"\n", "kit.toml").expect("a file");
    assert_eq!(
        shown(&config, "counters.prefix"),
        said("shop", "kit.toml:2")
    );
    assert_eq!(knob(&config), Some((None, "default".to_owned())));
}

#[test]
fn a_store_that_can_not_be_built_is_a_problem_of_its_table() {
    let text = format!("{FILE}prefix = \"taken\"\n");
    let error = Config::parse(&text, "kit.toml").expect_err("no store");
    assert_eq!(
        error.to_string(),
        "kit.toml:1:2: `counters`: the prefix is taken"
    );
}

#[test]
fn a_service_with_the_name_of_a_store_is_refused() {
    static SAME: ServiceDescriptor = ServiceDescriptor::new("TinyStore", "", &[]);
    let noted: Arc<dyn PolicyTarget> = Arc::new(Noted::default());
    let configured = Config::new().configure(&SAME, Side::Server, Vec::new(), &noted);
    assert_eq!(
        configured.expect_err("one table, two meanings").to_string(),
        "service `TinyStore` has the name of the registered store `tiny_store`, and a table could \
         be either's; give the service another name"
    );
}

#[test]
fn stores_are_offered_by_their_names() {
    let text = format!("{FILE}[tiny_store]\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    let noted = configure(&config, Side::Server);
    config.complete().expect("the tables are of stores");
    let offered = noted.offered.lock().expect("a note");
    let names: Vec<&str> = offered.iter().map(|(_, name, _)| *name).collect();
    assert_eq!(names, ["counters", "tiny_store"]);
}
