//! A Redis that is named by the configuration.

use kit::metrics::Side;
use kit::policy::RefusalReason;
use kit::{Code, Config};

use super::methods::alone::{self, Alone as _};
use super::*;

/// Nobody listens there.
const NOWHERE: &str = "redis://127.0.0.1:1";

fn configuration(url: &str) -> Config {
    let text = format!("[redis]\nurl = \"{url}\"\n");
    Config::parse(&text, "kit.toml").expect("a URL")
}

fn configured(config: &Config) -> kit::Server {
    let service = MeteredServer::new(Anything);
    let service = service.configure(config).expect("values");
    kit::Server::new().mount(service)
}

/// Whether calls come to be counted in this Redis; it is asked for as long as
/// it takes, as a busy machine may be slower than a call waits.
async fn counts(redis: &Redis, bucket: &str, call: impl AsyncFn() -> Result<(), Status>) {
    soon("a bucket", async {
        loop {
            let _ = call().await;
            if redis.command(&["KEYS", "*"]).contains(bucket) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_in_the_configuration_is_a_store_to_start_with() {
    let config = configuration(NOWHERE);
    let bound = configured(&config).bind("127.0.0.1:0").await;
    assert!(bound.is_ok(), "{bound:?}");
    let without = configured(&Config::new()).bind("127.0.0.1:0").await;
    assert!(without.is_err(), "there is none");
}

#[tokio::test]
async fn an_address_may_be_said_after_the_service_was_configured() {
    let config = Config::new();
    let server = configured(&config);
    let config = config.with_variables([("KIT__REDIS__URL", NOWHERE)]);
    config.expect("a URL");
    assert!(server.bind("127.0.0.1:0").await.is_ok());
}

#[tokio::test]
async fn a_client_has_the_store_of_its_configuration() {
    let client = || MeteredClient::new(kit::Local::new(Anything));
    let without = client().configure(&Config::new()).expect("values");
    let status = without.of_clients().await.expect_err("no store was given");
    assert_eq!(status.code(), Code::Internal);
    let reason = status.refusal().map(|refusal| refusal.reason());
    assert_eq!(reason, Some(RefusalReason::StoreMissing));

    // The Redis is away, so that this process judges: once an hour.
    let with = client().configure(&configuration(NOWHERE)).expect("values");
    assert!(passed(with.of_clients().await));
    assert!(!passed(with.of_clients().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_counted_in_the_redis_that_the_configuration_names_now() {
    let (Some(one), Some(other)) = (Redis::start(), Redis::start()) else {
        return;
    };
    let config = configuration(&one.url());
    let server = MeteredClient::new(InProcess::server(configured(&config)));
    let bucket = "server:test.Metered.rare";
    counts(&one, bucket, async || server.rare().await).await;

    config.set("redis.url", &other.url()).expect("a URL");
    counts(&other, bucket, async || server.rare().await).await;

    config.set("redis.timeout", "60s").expect("a time");
    config.set("redis.prefix", "shop").expect("a prefix");
    let bucket = "shop:rate_limit:server:test.Metered.rare";
    counts(&other, bucket, async || server.rare().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_the_code_goes_over_that_of_the_configuration() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let config = configuration(NOWHERE);
    let server = configured(&config).rate_limit_store(connected(&redis.url()).await);
    let server = MeteredClient::new(InProcess::server(server));
    let client = MeteredClient::new(kit::Local::new(Anything))
        .configure(&config)
        .expect("values")
        .rate_limit_store(connected(&redis.url()).await);
    assert!(passed(server.rare().await));
    assert!(passed(client.of_clients().await));
    let buckets = redis.command(&["KEYS", "*"]);
    for bucket in ["server:test.Metered.rare", "client:test.Metered.of_clients"] {
        assert!(buckets.contains(bucket), "{buckets}");
    }
}

#[tokio::test]
async fn a_server_that_runs_without_a_store_is_given_one_by_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.toml");
    let write = |text: &str| std::fs::write(&path, text).expect("a file");
    write("");
    let config = Config::load(&path).expect("an empty file");
    let server = alone::AloneServer::new(alone::Anything)
        .configure(&config)
        .expect("nothing is said");
    let client = alone::AloneClient::new(InProcess::server(kit::Server::new().mount(server)));
    assert!(passed(client.limited().await));

    let shared = "[\"test.Alone\".limited]\nrate_limit = { store = \"redis\" }\n";
    write(shared);
    assert!(config.reload().is_err(), "nothing names a store");
    write(&format!("[redis]\nurl = \"{NOWHERE}\"\n{shared}"));
    assert_eq!(config.reload(), Ok(true));
    // The Redis is away, so that this process judges, and has one call left.
    assert!(passed(client.limited().await));
    assert!(!passed(client.limited().await));
}

mod unseen {
    #[kit::service(name = "test.Unseen")]
    #[transport(http)]
    pub(crate) trait Unseen {
        #[rate_limit("2/h", store = "redis", at = client)]
        async fn limited(&self) -> Result<(), kit::Status>;
    }

    pub(super) struct Anything;

    impl Unseen for Anything {
        async fn limited(&self) -> Result<(), kit::Status> {
            Ok(())
        }
    }
}

#[tokio::test]
async fn who_judges_for_a_client_is_shown_before_its_first_call() {
    let shown = || {
        let snapshots = kit::metrics::policies_snapshot();
        let ours = snapshots
            .iter()
            .find(|method| method.side == Side::Client && method.service == "test.Unseen");
        ours.and_then(|method| method.shared_limits)
            .map(|limits| (limits.shared, limits.local))
    };
    let client = || unseen::UnseenClient::new(kit::Local::new(unseen::Anything));
    let without = client().configure(&Config::new()).expect("values");
    assert_eq!(shown(), None);
    let with = client().configure(&configuration(NOWHERE)).expect("values");
    assert_eq!(shown(), Some((1, 0)));
    drop((without, with));
}
