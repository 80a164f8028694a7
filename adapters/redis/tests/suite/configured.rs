//! Servers and clients whose Redis comes from the configuration.

use kit::metrics::Side;
use kit::policy::RefusalReason;
use kit::{Code, Config};

use super::methods::unshared::{self, Unshared as _};
use super::*;

/// A port without a listener.
const UNREACHABLE: &str = "redis://127.0.0.1:1";

fn configuration(url: &str) -> Config {
    let text = format!("[redis]\nurl = \"{url}\"\n");
    Config::parse(&text, "kit.toml").expect("a URL")
}

fn configured(config: &Config) -> kit::Server {
    let service = MeteredServer::new(Anything);
    let service = service.configure(config).expect("values");
    kit::Server::new().mount(service)
}

/// Repeats a call until this Redis has the bucket, as on a busy machine a call
/// may time out before the store is connected.
async fn until_counted(redis: &Redis, bucket: &str, call: impl AsyncFn() -> Result<(), Status>) {
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
async fn a_server_starts_with_a_store_from_its_configuration() {
    let config = configuration(UNREACHABLE);
    let bound = configured(&config).bind("127.0.0.1:0").await;
    assert!(bound.is_ok(), "{bound:?}");
    let without = configured(&Config::new()).bind("127.0.0.1:0").await;
    assert!(without.is_err(), "there is no store");
}

#[tokio::test]
async fn the_url_may_be_set_after_the_service_was_configured() {
    let config = Config::new();
    let server = configured(&config);
    let config = config.with_variables([("KIT__REDIS__URL", UNREACHABLE)]);
    config.expect("a URL");
    assert!(server.bind("127.0.0.1:0").await.is_ok());
}

#[tokio::test]
async fn a_client_uses_the_store_of_its_configuration() {
    let client = || MeteredClient::new(kit::Local::new(Anything));
    let without = client().configure(&Config::new()).expect("values");
    let status = without.of_clients().await.expect_err("no store was given");
    assert_eq!(status.code(), Code::Internal);
    let reason = status.refusal().map(|refusal| refusal.reason());
    assert_eq!(reason, Some(RefusalReason::StoreMissing));

    // Redis is unavailable, so this process applies the limit of one per hour.
    let with = client()
        .configure(&configuration(UNREACHABLE))
        .expect("values");
    assert!(passed(with.of_clients().await));
    assert!(!passed(with.of_clients().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_url_or_prefix_takes_effect_at_once() {
    let (Some(one), Some(other)) = (Redis::start(), Redis::start()) else {
        return;
    };
    let config = configuration(&one.url());
    let server = MeteredClient::new(InProcess::server(configured(&config)));
    let bucket = "server:test.Metered.rare";
    until_counted(&one, bucket, async || server.rare().await).await;

    config.set("redis.url", &other.url()).expect("a URL");
    until_counted(&other, bucket, async || server.rare().await).await;

    config.set("redis.timeout", "60s").expect("a time");
    config.set("redis.prefix", "shop").expect("a prefix");
    let bucket = "shop:rate_limit:server:test.Metered.rare";
    until_counted(&other, bucket, async || server.rare().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_set_in_code_overrides_that_of_the_configuration() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let config = configuration(UNREACHABLE);
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
async fn a_reloaded_file_adds_a_store_to_a_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kit.toml");
    let write = |text: &str| std::fs::write(&path, text).expect("a file");
    write("");
    let config = Config::load(&path).expect("an empty file");
    let server = unshared::UnsharedServer::new(unshared::Anything)
        .configure(&config)
        .expect("an empty configuration");
    let client = unshared::UnsharedClient::new(InProcess::server(kit::Server::new().mount(server)));
    assert!(passed(client.limited().await));

    let shared = "[\"test.Unshared\".limited]\nrate_limit = { store = \"redis\" }\n";
    write(shared);
    assert!(config.reload().is_err(), "no table describes the store");
    write(&format!("[redis]\nurl = \"{UNREACHABLE}\"\n{shared}"));
    assert_eq!(config.reload(), Ok(true));
    // Redis is unavailable, and the limit of this process has one call left.
    assert!(passed(client.limited().await));
    assert!(!passed(client.limited().await));
}

mod uncalled {
    #[kit::service(name = "test.Uncalled")]
    #[transport(http)]
    pub(crate) trait Uncalled {
        #[rate_limit("2/h", store = "redis", at = client)]
        async fn limited(&self) -> Result<(), kit::Status>;
    }

    pub(super) struct Anything;

    impl Uncalled for Anything {
        async fn limited(&self) -> Result<(), kit::Status> {
            Ok(())
        }
    }
}

#[tokio::test]
async fn shared_limits_of_a_client_are_reported_before_its_first_call() {
    let reported = || {
        let snapshots = kit::metrics::policies_snapshot();
        let ours = snapshots
            .iter()
            .find(|method| method.side == Side::Client && method.service == "test.Uncalled");
        ours.and_then(|method| method.shared_limits)
            .map(|limits| (limits.shared, limits.local))
    };
    let client = || uncalled::UncalledClient::new(kit::Local::new(uncalled::Anything));
    let without = client().configure(&Config::new()).expect("values");
    assert_eq!(reported(), None);
    let with = client()
        .configure(&configuration(UNREACHABLE))
        .expect("values");
    assert_eq!(reported(), Some((1, 0)));
    drop((without, with));
}
