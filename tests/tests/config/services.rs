//! Policies of running servers and clients, with values from a configuration.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use kit::prelude::*;
use kit::{Code, Config};

/// A shop with policies of its own.
#[kit::service(name = "test.Shop")]
#[transport(http, grpc)]
#[timeout("2s")]
pub(crate) trait Shop {
    /// Buys; a limit of its own.
    #[endpoint(post = "/buy")]
    #[rate_limit("1000000/s")]
    async fn buy(&self, item: u32) -> Result<u32, Status>;

    /// Returns the price of an item.
    #[endpoint(get = "/price")]
    #[retry(attempts = 3, backoff = "1ns")]
    #[breaker(failures = 1000)]
    async fn price(&self, item: u32) -> Result<u32, Status>;

    /// Named like a keyword of Rust.
    #[endpoint(get = "/type")]
    async fn r#type(&self, item: u32) -> Result<u32, Status>;
}

/// A shop that counts calls and fails a given number of them.
#[derive(Clone, Default)]
struct Counter(Arc<Counts>);

#[derive(Default)]
struct Counts {
    fails: AtomicBool,
    calls: AtomicU32,
}

#[kit::service]
impl Shop for Counter {
    #[rate_limit("900000/s", burst = 900000)]
    async fn buy(&self, item: u32) -> Result<u32, Status> {
        Ok(item)
    }

    async fn price(&self, item: u32) -> Result<u32, Status> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        if self.0.fails.load(Ordering::SeqCst) {
            return Err(Status::unavailable("closed"));
        }
        Ok(item)
    }

    async fn r#type(&self, item: u32) -> Result<u32, Status> {
        Ok(item)
    }
}

impl Counter {
    fn calls(&self) -> u32 {
        self.0.calls.swap(0, Ordering::SeqCst)
    }
}

fn parse(text: &str) -> Config {
    Config::parse(text, "kit.toml").expect(text)
}

/// A configured server and an unconfigured client of it over gRPC.
async fn serve(config: &Config) -> ShopClient<kit::Channel> {
    let server = ShopServer::new(Counter::default())
        .configure(config)
        .expect("a right configuration");
    let server = kit::Server::new()
        .mount(server)
        .bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("grpc://{}", server.local_addr());
    tokio::spawn(server.serve());
    ShopClient::connect(url).await.expect("a connection")
}

fn bought(outcome: Result<u32, Status>) -> u32 {
    outcome.expect("a call that succeeds")
}

fn is_refused(outcome: Result<u32, Status>) -> bool {
    outcome.is_err_and(|status| status.code() == Code::ResourceExhausted)
}

fn value(config: &Config, knob: &str) -> (Option<String>, String) {
    let knobs = config.knobs();
    let knob = knobs.get(knob).unwrap_or_else(|| panic!("no knob {knob}"));
    (knob.value.clone(), knob.origin.to_string())
}

#[tokio::test]
async fn a_limit_changes_on_a_running_server() {
    let config = Config::new();
    let shop = serve(&config).await;
    assert_eq!(bought(shop.buy(1).await), 1);
    config
        .set("test.Shop.buy.rate_limit", "1/h, burst = 1")
        .expect("a limit");
    assert_eq!(bought(shop.buy(2).await), 2);
    assert!(is_refused(shop.buy(3).await));
    config
        .set("test.Shop.buy.rate_limit", "off")
        .expect("a switch");
    assert_eq!(bought(shop.buy(4).await), 4);
    assert_eq!(config.unset("test.Shop.buy.rate_limit"), Ok(true));
    assert_eq!(bought(shop.buy(5).await), 5);
}

#[tokio::test]
async fn a_policy_keeps_its_state_when_another_changes() {
    let config = parse("[\"test.Shop\".buy]\nrate_limit = \"1/h, burst = 1\"\n");
    let shop = serve(&config).await;
    assert_eq!(bought(shop.buy(1).await), 1);
    config.set("test.Shop.timeout", "5s").expect("a timeout");
    config
        .set("test.Shop.buy.concurrency", "64")
        .expect("a limit");
    assert!(is_refused(shop.buy(2).await));
}

#[tokio::test]
async fn each_source_overrides_the_previous_one() {
    let limit = "test.Shop.buy.server.rate_limit.burst";
    let file = "[\"test.Shop\".buy]\nrate_limit = { burst = 30 }\n";
    let shown = |config: &Config| {
        let server = ShopServer::new(Counter::default())
            .configure(config)
            .expect("a right configuration");
        let shown = value(config, limit);
        drop(server);
        (shown.0.unwrap_or_default(), shown.1)
    };
    let expect = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(shown(&Config::new()), expect("900000", "impl"));
    assert_eq!(shown(&parse(file)), expect("30", "kit.toml:2"));
    let variable = "KIT__TEST_SHOP__BUY__RATE_LIMIT__BURST";
    let config = parse(file).with_variables([(variable, "40")]);
    let config = config.expect("variables");
    let origin = format!("env {variable}");
    assert_eq!(shown(&config), expect("40", &origin));
    config
        .set("test.Shop.buy.rate_limit.burst", "50")
        .expect("a burst");
    assert_eq!(shown(&config), expect("50", "set"));
    let server = ShopServer::new(Counter::default())
        .configure(&config)
        .expect("a right configuration");
    let (rate, origin) = value(&config, "test.Shop.buy.server.rate_limit.rate");
    assert_eq!((rate.as_deref(), &*origin), (Some("900000/s"), "impl"));
    drop(server);
}

#[tokio::test]
async fn a_raw_identifier_method_has_an_environment_variable() {
    let variable = "KIT__TEST_SHOP__TYPE__RATE_LIMIT";
    let config = Config::new().with_variables([(variable, "1/h, burst = 1")]);
    let shop = serve(&config.expect("variables")).await;
    assert_eq!(bought(shop.r#type(1).await), 1);
    assert!(is_refused(shop.r#type(2).await));
}

#[tokio::test]
async fn a_wrong_value_fails_the_startup() {
    let text = "[\"test.Shop\".buyy]\nrate_limit = \"1/s\"\n\
                [\"test.Shop\".price]\nretry = { attempts = 0 }\n";
    let expected = "kit.toml:1:14: `test.Shop` has no method `buyy`; did you mean `buy`? \
                    expected one of `buy`, `price`, `type`\n\
                    kit.toml:4:22: `test.Shop.price.retry.attempts`: `attempts` must be at \
                    least 1; write `attempts = 3`";
    let server = ShopServer::new(Counter::default()).configure(&parse(text));
    assert_eq!(server.expect_err("wrong").to_string(), expected);
    let client = ShopClient::local(Counter::default()).configure(&parse(text));
    assert_eq!(client.expect_err("wrong").to_string(), expected);
}

#[tokio::test]
async fn retries_change_on_a_running_client() {
    let counter = Counter::default();
    counter.0.fails.store(true, Ordering::SeqCst);
    let config = Config::new();
    let client = ShopClient::local(counter.clone()).configure(&config);
    let client = client.expect("a right configuration");
    assert!(client.price(1).await.is_err());
    assert_eq!(counter.calls(), 3);
    config
        .set("test.Shop.price.retry.attempts", "5")
        .expect("attempts");
    assert!(client.price(1).await.is_err());
    assert_eq!(counter.calls(), 5);
    config
        .set("test.Shop.price.retry", "off")
        .expect("a switch");
    assert!(client.price(1).await.is_err());
    assert_eq!(counter.calls(), 1);
    let wrong = config.set("test.Shop.buy.retry", "on").expect_err("twice");
    assert!(
        wrong.to_string().contains("needs an idempotent method"),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_breaker_changes_on_a_client_and_keeps_its_state() {
    let counter = Counter::default();
    counter.0.fails.store(true, Ordering::SeqCst);
    let config = parse("[\"test.Shop\".price]\nretry = false\nbreaker = \"failures = 2\"\n");
    let client = ShopClient::local(counter.clone()).configure(&config);
    let client = client.expect("a right configuration");
    assert!(client.price(1).await.is_err());
    config
        .set("test.Shop.price.breaker.open", "1h")
        .expect("an open time");
    assert!(client.price(1).await.is_err());
    assert_eq!(counter.calls(), 2);
    assert!(client.price(1).await.is_err());
    assert_eq!(counter.calls(), 0, "the failure before the change counts");
    config
        .set("test.Shop.price.breaker", "off")
        .expect("a switch");
    assert!(client.price(1).await.is_err());
    assert_eq!(counter.calls(), 1);
}

#[tokio::test]
async fn an_unconfigured_client_uses_the_contract_values() {
    let counter = Counter::default();
    counter.0.fails.store(true, Ordering::SeqCst);
    let plain = ShopClient::local(counter.clone());
    let config = parse("[\"test.Shop\".price]\nretry = false\n");
    let configured = plain.clone().configure(&config).expect("a configuration");
    assert!(plain.price(1).await.is_err());
    assert_eq!(counter.calls(), 3);
    assert!(configured.price(1).await.is_err());
    assert_eq!(counter.calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_changes_under_load_and_no_call_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.toml");
    let write = |round: u32| {
        let text = format!(
            "[\"test.Shop\"]\ntimeout = \"{}s\"\n\
             [\"test.Shop\".buy]\nrate_limit = \"{}/s, burst = 900000\"\n\
             concurrency = {}\nbreaker.server = {{ failures = {} }}\n",
            10 + round,
            800_000 + round,
            if round.is_multiple_of(2) {
                "64"
            } else {
                "'adaptive, min = 64'"
            },
            5 + round,
        );
        // The side of a policy is its own table.
        let text = text.replace("breaker.server", "server.breaker");
        std::fs::write(&path, text).expect("a file");
    };
    write(0);
    let config = Config::load(&path).expect("a file");
    let shop = serve(&config).await;
    let done = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicU64::new(0));
    let load: Vec<_> = (0..4)
        .map(|item| {
            let (shop, done, calls) = (shop.clone(), Arc::clone(&done), Arc::clone(&calls));
            tokio::spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    assert_eq!(bought(shop.buy(item).await), item);
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for round in 1..=50 {
        let before = calls.load(Ordering::SeqCst);
        write(round);
        assert_eq!(config.reload(), Ok(true));
        let (timeout, _) = value(&config, "test.Shop.buy.server.timeout.limit");
        let seconds = u64::from(10 + round);
        let expected = kit_duration(seconds);
        assert_eq!(timeout, Some(expected));
        while calls.load(Ordering::SeqCst) < before + 8 {
            tokio::task::yield_now().await;
        }
        // An invalid file in between changes nothing.
        std::fs::write(&path, "[\"test.Shop\".buy]\nrate_limit = \"0/s\"\n").expect("a file");
        assert!(config.reload().is_err());
        let (timeout, _) = value(&config, "test.Shop.buy.server.timeout.limit");
        assert_eq!(timeout, Some(kit_duration(seconds)));
    }
    done.store(true, Ordering::SeqCst);
    for task in load {
        task.await.expect("no call failed");
    }
}

fn kit_duration(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, 0) => format!("{minutes}m"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}
