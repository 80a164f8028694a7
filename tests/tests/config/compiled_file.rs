//! Values from a file that is compiled in, and from the same file at startup.

use std::time::Duration;

use kit::Config;
use kit::config::Knob;
use kit::prelude::*;

/// A service whose attributes are overridden by the file.
macro_rules! bakery {
    ($($config:tt)*) => {
        use kit::prelude::*;

        async fn closed(_: &Context, _: CloseRequest, _: Status) -> Result<u32, Status> {
            Ok(0)
        }
        use bakery::CloseRequest;

        /// Bakes and sells.
        #[kit::service(name = "test.Bakery" $($config)*)]
        #[transport(http, grpc)]
        #[timeout("2s")]
        #[shed]
        pub(super) trait Bakery {
            /// Bakes; a limit of its own.
            #[rate_limit("1000000/s")]
            async fn bake(&self, item: u32) -> Result<u32, Status>;

            /// Returns the price of an item.
            #[endpoint(get = "/price")]
            #[retry(attempts = 3, on(unavailable, aborted))]
            #[breaker]
            #[cache(ttl = "1s", coalesce)]
            #[concurrency(adaptive, min = 8, queue = 4)]
            async fn price(&self, item: u32) -> Result<u32, Status>;

            /// Orders more.
            #[rate_limit("100/s", burst = 100, key = arg(item))]
            #[concurrency(adaptive, max = 50, queue = 16)]
            #[breaker(failures = 5, at = both)]
            async fn order(&self, item: u32) -> Result<u32, Status>;

            /// Closes.
            #[endpoint(put = "/close")]
            #[hedge(after = "20ms")]
            #[fallback(closed)]
            async fn close(&self) -> Result<u32, Status>;
        }
    };
}

mod compiled {
    bakery!(, config = "tests/config/compiled.toml");
}

mod declared {
    bakery!();
}

const FILE: &str = "tests/config/compiled.toml";

/// Returns the item of the request.
struct Baker;

macro_rules! baker {
    ($($contract:ident)::+) => {
        #[kit::service]
        impl $($contract)::+ for Baker {
            #[concurrency(77)]
            async fn bake(&self, item: u32) -> Result<u32, Status> {
                Ok(item)
            }

            async fn price(&self, item: u32) -> Result<u32, Status> {
                Ok(item)
            }

            async fn order(&self, item: u32) -> Result<u32, Status> {
                Ok(item)
            }

            async fn close(&self) -> Result<u32, Status> {
                Ok(1)
            }
        }
    };
}

baker!(compiled::Bakery);
baker!(declared::Bakery);

/// The knobs of both sides under a configuration.
macro_rules! knobs {
    ($module:ident, $config:expr) => {{
        let config: Config = $config;
        let server = $module::BakeryServer::new(Baker)
            .configure(&config)
            .expect("a server");
        let client = $module::BakeryClient::local(Baker)
            .configure(&config)
            .expect("a client");
        let knobs: Vec<Knob> = config.knobs().iter().cloned().collect();
        drop((server, client));
        knobs
    }};
}

fn load() -> Config {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/compiled.toml");
    let text = std::fs::read_to_string(path).expect("the file");
    Config::parse(&text, FILE).expect("a file that is right")
}

#[test]
fn a_file_gives_the_same_values_at_compile_time_and_at_startup() {
    let at_compile_time = knobs!(compiled, Config::new());
    let at_start = knobs!(declared, load());
    assert_eq!(at_compile_time.len(), at_start.len());
    let mut of_the_file = 0;
    for (compiled, started) in at_compile_time.iter().zip(&at_start) {
        assert_eq!(
            (&compiled.name, &compiled.value),
            (&started.name, &started.value)
        );
        let (compiled_in, started_with) = (compiled.origin.to_string(), started.origin.to_string());
        if started_with.starts_with(FILE) {
            assert_eq!(compiled_in, format!("{started_with} (compiled)"));
            of_the_file += 1;
        } else {
            assert_eq!(compiled_in, started_with, "{}", compiled.name);
        }
    }
    assert!(of_the_file > 30, "the file gives {of_the_file} values");
}

#[test]
fn a_file_can_be_both_compiled_in_and_loaded() {
    let twice = knobs!(compiled, load());
    let once = knobs!(declared, load());
    for (twice, once) in twice.iter().zip(&once) {
        assert_eq!((&twice.name, &twice.value), (&once.name, &once.value));
    }
}

#[test]
fn every_knob_names_the_source_of_its_value() {
    let check = |config: Config, name: &str, value: &str, origin: &str| {
        let knobs = knobs!(compiled, config);
        let knob = knobs.iter().find(|knob| knob.name == name);
        let knob = knob.unwrap_or_else(|| panic!("no knob {name}"));
        let shown = (knob.value.as_deref(), knob.origin.to_string());
        assert_eq!(shown, (Some(value), origin.to_owned()), "{name}");
    };
    let line = |line: u32| format!("{FILE}:{line} (compiled)");
    let knob = |name: &str| format!("test.Bakery.{name}");
    let none = Config::new;
    check(
        none(),
        &knob("price.client.timeout.limit"),
        "600ms",
        &line(19),
    );
    check(
        none(),
        &knob("price.server.timeout.limit"),
        "700ms",
        &line(12),
    );
    check(none(), &knob("bake.server.timeout.limit"), "1s", &line(4));
    check(
        none(),
        &knob("price.client.retry.on"),
        "aborted, unavailable",
        "contract",
    );
    check(none(), &knob("price.client.retry.budget"), "0.2", "default");
    check(
        none(),
        &knob("close.client.timeout.limit"),
        "off",
        &line(31),
    );
    check(
        none(),
        &knob("close.server.breaker.ratio"),
        "0.5",
        "default",
    );
    check(none(), &knob("bake.server.concurrency.limit"), "77", "impl");
    let over =
        || Config::parse("[\"test.Bakery\"]\ntimeout = \"9s\"\n", "kit.toml").expect("a file");
    check(
        over(),
        &knob("price.client.timeout.limit"),
        "9s",
        "kit.toml:2",
    );
}

/// A server in this process with a client of it.
async fn serve(server: compiled::BakeryServer<Baker>) -> compiled::BakeryClient<kit::Channel> {
    let server = kit::Server::new()
        .mount(server)
        .bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("grpc://{}", server.local_addr());
    tokio::spawn(server.serve());
    compiled::BakeryClient::connect(url)
        .await
        .expect("a connection")
}

#[tokio::test]
async fn compiled_values_apply_without_a_configuration() {
    use compiled::Bakery as _;
    let bakery = serve(compiled::BakeryServer::new(Baker)).await;
    assert_eq!(bakery.bake(1).await.expect("the burst"), 1);
    let refused = bakery.bake(2).await.expect_err("an empty bucket");
    assert_eq!(refused.code(), kit::Code::ResourceExhausted);
    let price = compiled::bakery::DESCRIPTOR.methods[1].meta;
    let timeout = price.policies.client.timeout;
    assert_eq!(timeout, Some(Duration::from_millis(600)));
}

#[tokio::test]
async fn a_configuration_at_startup_overrides_the_compiled_file() {
    use compiled::Bakery as _;
    let config = Config::new();
    config
        .set("test.Bakery.bake.rate_limit", "2/h, burst = 2")
        .expect("a limit");
    let server = compiled::BakeryServer::new(Baker).configure(&config);
    let bakery = serve(server.expect("a server")).await;
    assert_eq!(bakery.bake(1).await.expect("one"), 1);
    assert_eq!(bakery.bake(2).await.expect("two"), 2);
    assert!(bakery.bake(3).await.is_err());
    config
        .set("test.Bakery.bake.rate_limit", "off")
        .expect("a switch");
    assert_eq!(bakery.bake(4).await.expect("no limit"), 4);
    assert_eq!(config.unset("test.Bakery.bake.rate_limit"), Ok(true));
    let shown = config.knobs();
    let burst = shown
        .get("test.Bakery.bake.server.rate_limit.burst")
        .expect("a knob");
    assert_eq!(burst.value.as_deref(), Some("1"));
    assert_eq!(burst.origin.to_string(), format!("{FILE}:9 (compiled)"));
}
