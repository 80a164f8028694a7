//! Tables of shared stores, with factories that are registered here.

use super::*;
use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitStore};
use crate::model::status::Status;
use crate::policy::rate_limit::{StoreFactory, StoreKey, StoreRequest, StoreSettings, Taking};

const FILE: &str = "[counters]\nurl = \"counters://secret@10.0.0.1\"\n";

const URL: StoreKey = StoreKey::text("url", "counters://10.0.0.1", "the address")
    .judged(without_password)
    .required();
const PREFIX: StoreKey = StoreKey::text("prefix", "shop", "how its keys begin").default("kit");
const TIMEOUT: StoreKey =
    StoreKey::duration("timeout", "50ms", "how long calls wait for it").default("50ms");

inventory::submit! { StoreFactory::new("counters", &[URL, PREFIX, TIMEOUT], counters) }

// It has no required key, so that an empty table configures it.
inventory::submit! { StoreFactory::new("tiny_store", &[StoreKey::text("mode", "strict", "how")], tiny) }

/// A store that is always available.
#[derive(Clone, Debug)]
pub(in crate::config) struct Counters {
    pub(in crate::config) made_of: Vec<String>,
    /// Kept when a store replaces another one with the same URL.
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
    let rest = rest.ok_or_else(|| Status::invalid_argument("it must begin with counters://"))?;
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

/// The value of a knob and its origin.
fn knob(config: &Config) -> Option<(Option<String>, String)> {
    let knobs = config.knobs();
    let knob = knobs.get("counters.url")?;
    Some((knob.value.clone(), knob.origin.to_string()))
}

fn url_value(value: &str, origin: &str) -> Option<(Option<String>, String)> {
    Some((Some(value.to_owned()), origin.to_owned()))
}

#[test]
fn an_invalid_value_changes_nothing() {
    let config = Config::parse(FILE, "kit.toml").expect("a file");
    let target = configure(&config, Side::Server);
    config.complete().expect("no section of another service");
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
    assert_eq!(
        shown(&config, "counters.prefix"),
        value_from("kit", "default")
    );
    assert_eq!(
        shown(&config, "counters.timeout"),
        value_from("50ms", "default")
    );
    let from_file = url_value("counters://10.0.0.1", "kit.toml:2");
    assert_eq!(knob(&config), from_file);
    config
        .set("counters.url", "counters://10.0.0.2")
        .expect("a URL");
    assert_eq!(config.unset("counters.url"), Ok(true));
    assert_eq!(knob(&config), from_file);
    assert_eq!(*target.applied.lock().expect("the lock"), 0);
}

#[test]
fn knobs_of_a_store_are_listed_for_a_service_that_needs_it() {
    let config = Config::new();
    assert_eq!(knob(&config), None);
    let target: Arc<dyn PolicyTarget> = Arc::new(RecordingTarget::default());
    config
        .configure(&MAIL, Side::Server, Vec::new(), &target)
        .expect("an empty configuration");
    assert_eq!(knob(&config), Some((None, "default".to_owned())));
}

/// The number of values applied to a service before each store was set.
fn applied_before_each_store(target: &RecordingTarget) -> Vec<usize> {
    let stores = target.stores.lock().expect("the lock");
    stores.iter().map(|(applied, ..)| *applied).collect()
}

#[test]
fn a_store_is_set_before_the_values_that_may_need_it() {
    let text = format!("{FILE}[\"pb.Add\".sum]\ntimeout = \"1s\"\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    let configured_first = configure(&config, Side::Server);
    assert_eq!(applied_before_each_store(&configured_first), [0]);
    assert_eq!(*configured_first.applied.lock().expect("the lock"), 1);

    let config = Config::new();
    let later = configure(&config, Side::Server);
    let variables = [
        ("KIT__COUNTERS__URL", "counters://10.0.0.1"),
        ("KIT__PB_ADD__SUM__TIMEOUT", "1s"),
    ];
    config.with_variables(variables).expect("values");
    assert_eq!(applied_before_each_store(&later), [0]);
    assert_eq!(*later.applied.lock().expect("the lock"), 1);
}

#[test]
fn a_store_stays_unavailable_while_the_change_that_configures_it_is_rejected() {
    let config = Config::new();
    let target = configure(&config, Side::Server);
    *target.rejects.lock().expect("the lock") = Some(MS(1_000));
    let variables = |timeout| {
        [
            ("KIT__COUNTERS__URL", "counters://10.0.0.1"),
            ("KIT__PB_ADD__SUM__TIMEOUT", timeout),
        ]
    };
    let refused = config.clone().with_variables(variables("1s"));
    assert!(refused.is_err());
    assert_eq!(knob(&config), None);
    let is_away = || target.stores.lock().expect("the lock")[0].2.is_away();
    assert!(is_away(), "each process decides by its own limiter");

    let config = config.with_variables(variables("2s")).expect("values");
    assert_eq!(
        knob(&config),
        url_value("counters://10.0.0.1", "env KIT__COUNTERS__URL")
    );
    assert!(!is_away(), "it is the same store");
    assert_eq!(applied_before_each_store(&target).len(), 1);
}

#[test]
fn an_error_of_a_key_has_an_example_or_the_valid_names() {
    let check = |line: &str, expected: &str| {
        let text = format!("[counters]\n{line}\n");
        let error = Config::parse(&text, "kit.toml").expect_err(line);
        assert_eq!(error.to_string(), expected);
    };
    check(
        "prefix = 1",
        "kit.toml:2:10: `counters.prefix` must be a text; write it like `prefix = \"shop\"`",
    );
    check(
        "prefix = \"\"",
        "kit.toml:2:10: `counters.prefix` is empty; write it like `prefix = \"shop\"`",
    );
    check(
        "timeout = 50",
        "kit.toml:2:11: `counters.timeout` must be a text; write it like `timeout = \"50ms\"`",
    );
    check(
        "timeout.max = \"50ms\"",
        "kit.toml:2:1: `counters.timeout` must be a text; write it like `timeout = \"50ms\"`",
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

/// The displayed value of a knob and its origin.
fn shown(config: &Config, name: &str) -> (String, String) {
    let knobs = config.knobs();
    let knob = knobs.get(name).expect(name);
    (knob.value.clone().expect(name), knob.origin.to_string())
}

fn value_from(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn a_value_is_listed_with_its_origin() {
    let without = Config::parse(FILE, "kit.toml").expect("a file");
    assert_eq!(
        shown(&without, "counters.prefix"),
        value_from("kit", "default")
    );
    assert_eq!(
        shown(&without, "counters.timeout"),
        value_from("50ms", "default")
    );
    for (name, default) in [("counters.prefix", "kit"), ("counters.timeout", "50ms")] {
        let knobs = without.knobs();
        assert_eq!(knobs.get(name).and_then(|knob| knob.default), Some(default));
    }

    let text = format!("{FILE}prefix = \"shop\"\ntimeout = \"1000ms\"\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    assert_eq!(
        shown(&config, "counters.prefix"),
        value_from("shop", "kit.toml:3")
    );
    assert_eq!(
        shown(&config, "counters.timeout"),
        value_from("1s", "kit.toml:4")
    );

    let variables = [
        ("KIT__COUNTERS__PREFIX", "blue"),
        ("KIT__COUNTERS__TIMEOUT", "20ms"),
    ];
    let config = config.with_variables(variables).expect("values");
    let prefix = value_from("blue", "env KIT__COUNTERS__PREFIX");
    assert_eq!(shown(&config, "counters.prefix"), prefix);
    let timeout = value_from("20ms", "env KIT__COUNTERS__TIMEOUT");
    assert_eq!(shown(&config, "counters.timeout"), timeout);

    config.set("counters.prefix", "green").expect("a prefix");
    assert_eq!(
        shown(&config, "counters.prefix"),
        value_from("green", "set")
    );
    assert_eq!(config.unset("counters.prefix"), Ok(true));
    assert_eq!(shown(&config, "counters.prefix"), prefix);
}

#[test]
fn a_prefix_is_listed_without_an_address() {
    let config = Config::parse("[counters]\nprefix = \"shop\"\n", "kit.toml").expect("a file");
    assert_eq!(
        shown(&config, "counters.prefix"),
        value_from("shop", "kit.toml:2")
    );
    assert_eq!(knob(&config), Some((None, "default".to_owned())));
}

#[test]
fn a_store_that_cannot_be_built_is_an_error_at_its_table() {
    let text = format!("{FILE}prefix = \"taken\"\n");
    let error = Config::parse(&text, "kit.toml").expect_err("no store");
    assert_eq!(
        error.to_string(),
        "kit.toml:1:2: `counters`: the prefix is taken"
    );
}

#[test]
fn a_service_with_the_name_of_a_store_is_an_error() {
    static SAME: ServiceDescriptor = ServiceDescriptor::new("TinyStore", "", &[]);
    let target: Arc<dyn PolicyTarget> = Arc::new(RecordingTarget::default());
    let configured = Config::new().configure(&SAME, Side::Server, Vec::new(), &target);
    assert_eq!(
        configured.expect_err("one table, two meanings").to_string(),
        "service `TinyStore` has the name of the registered store `tiny_store`, so that a table of \
         this name is ambiguous; give the service another name"
    );
}

#[test]
fn stores_are_set_by_their_names() {
    let text = format!("{FILE}[tiny_store]\n");
    let config = Config::parse(&text, "kit.toml").expect("a file");
    let target = configure(&config, Side::Server);
    config.complete().expect("the tables are of stores");
    let stores = target.stores.lock().expect("the lock");
    let names: Vec<&str> = stores.iter().map(|(_, name, _)| *name).collect();
    assert_eq!(names, ["counters", "tiny_store"]);
}
