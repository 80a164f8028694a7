//! The options of shared limits in a contract, and the store that they need.

use kit::metrics::Side;
use kit::policy::RefusalReason;
use kit::server::ServeError;
use kit::{Code, Config, Metadata};

use super::*;

async fn granted<T>(calls: usize, mut call: impl AsyncFnMut() -> Result<T, Status>) -> usize {
    let mut granted = 0;
    for _ in 0..calls {
        granted += usize::from(passed(call().await.map(drop)));
    }
    granted
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_share_limits_by_argument_by_header_and_in_total() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let url = redis.url();
    let [one, other] = [
        server(&connected(&url).await),
        server(&connected(&url).await),
    ];
    let long = "x".repeat(100_000);
    for tenant in ["acme", "umbrella", "", &long] {
        let call = async |server: &MeteredClient<InProcess>, argument| {
            server.by_tenant(tenant.to_owned(), argument).await
        };
        assert_eq!(granted(1, async || call(&one, 1).await).await, 1);
        assert_eq!(granted(9, async || call(&other, 2).await).await, 1);
        assert_eq!(granted(9, async || call(&one, 3).await).await, 0);
    }
    // The longest key is stored as a digest.
    let keys = redis.command(&["KEYS", "*by_tenant*"]);
    assert!(keys.starts_with("*4\r\n"), "{keys}");
    assert!(keys.len() < 500, "{keys}");

    let with_tenant = |tenant: &str| {
        let mut metadata = Metadata::new();
        metadata.insert("x-tenant", tenant).expect("metadata");
        kit::Context::new().with_outgoing(metadata)
    };
    let running = kit::testing::serve(
        kit::Server::new()
            .mount(MeteredServer::new(Anything))
            .rate_limit_store(connected(&url).await),
    )
    .await;
    for scheme in ["grpc", "http"] {
        let client = MeteredClient::connect(running.url(scheme))
            .await
            .expect("a server");
        let tenant = with_tenant(scheme);
        assert_eq!(
            granted(5, async || tenant.scope(client.by_header()).await).await,
            2
        );
    }
    let client = MeteredClient::connect(running.url("grpc"))
        .await
        .expect("a server");
    let [blue, green] = [with_tenant("blue"), with_tenant("green")];
    assert_eq!(
        granted(5, async || blue.scope(client.in_all()).await).await,
        2
    );
    assert_eq!(
        granted(5, async || green.scope(client.in_all()).await).await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_calls_of_all_servers_share_one_queue() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let url = redis.url();
    let [one, other] = [
        server(&connected(&url).await),
        server(&connected(&url).await),
    ];
    let start = redis::time(redis.port());
    let calls =
        async |server: &MeteredClient<InProcess>| granted(5, async || server.in_turn().await).await;
    let (first, second) = tokio::join!(calls(&one), calls(&other));
    assert_eq!((first, second), (5, 5));
    // Ten calls at 20/s: nine intervals of 50 ms after the first.
    let micros = redis::time(redis.port()) - start;
    assert!(micros >= 450_000, "{micros}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_with_the_same_store_share_a_limit() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let client = async || {
        let client = MeteredClient::new(kit::Local::new(Anything));
        client.rate_limit_store(connected(&redis.url()).await)
    };
    let [one, other] = [client().await, client().await];
    assert!(passed(one.of_clients().await));
    assert!(!passed(other.clone().of_clients().await));
    // A limit of clients does not apply on the server.
    let without = MeteredClient::new(kit::Local::new(Anything));
    let status = without.of_clients().await.expect_err("no store was given");
    assert_eq!(status.code(), Code::Internal);
    let refusal = status.refusal().expect("a refusal");
    assert_eq!(refusal.reason(), RefusalReason::StoreMissing);
}

#[tokio::test]
async fn a_server_without_a_store_does_not_start_and_names_the_ways_out() {
    let server = kit::Server::new().mount(MeteredServer::new(Anything));
    let Err(ServeError::Mount(errors)) = server.bind("127.0.0.1:0").await else {
        panic!("it starts");
    };
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 7);
    assert_eq!(
        messages[0],
        "the rate limit of `test.Metered.rare` is counted in the store `redis`, which the server \
         does not have: add the table `[redis]` with its `url` to the configuration, or give it a \
         store by `.rate_limit_store(..)`, or write `store = \"local\"`"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_values_take_effect_at_once_and_keep_the_calls_taken() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let config = Config::new();
    let configured = MeteredServer::new(Anything)
        .configure(&config)
        .expect("an empty configuration");
    let server =
        kit::Server::new().mount(configured.rate_limit_store(connected(&redis.url()).await));
    let one = MeteredClient::new(InProcess::server(server));
    let other = self::server(&connected(&redis.url()).await);
    assert_eq!(granted(9, async || other.rare().await).await, 3);
    config
        .set("test.Metered.rare.rate_limit", "10/h")
        .expect("a rate");
    assert_eq!(granted(9, async || one.rare().await).await, 7);
    // The limiter of this process has counted its own seven calls.
    config
        .set("test.Metered.rare.rate_limit.store", "local")
        .expect("a store");
    assert_eq!(granted(9, async || one.rare().await).await, 3);
    config
        .set("test.Metered.rare.rate_limit.store", "redis")
        .expect("a store");
    assert_eq!(granted(9, async || one.rare().await).await, 0);

    config
        .set("test.Metered.unshared.rate_limit.store", "redis")
        .expect("there is a store");
    assert_eq!(granted(9, async || one.unshared().await).await, 2);
    assert_eq!(
        redis.command(&["EXISTS", "kit:rate_limit:server:test.Metered.unshared:"]),
        ":1\r\n"
    );
}

pub(super) mod unshared {
    #[kit::service(name = "test.Unshared")]
    #[transport(http)]
    pub(crate) trait Unshared {
        #[rate_limit("2/h")]
        async fn limited(&self) -> Result<(), kit::Status>;
    }

    pub(crate) struct Anything;

    impl Unshared for Anything {
        async fn limited(&self) -> Result<(), kit::Status> {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_running_server_without_a_store_cannot_change_to_a_shared_limit() {
    let config = Config::new();
    let server = unshared::UnsharedServer::new(unshared::Anything)
        .configure(&config)
        .expect("an empty configuration");
    let running = kit::testing::serve(kit::Server::new().mount(server)).await;
    let error = config
        .set("test.Unshared.limited.rate_limit.store", "redis")
        .expect_err("there is no store");
    assert_eq!(
        error.to_string(),
        "`test.Unshared.limited.rate_limit`: `store` must be local: the server has no such \
         store, neither from `rate_limit_store` nor from a table of a configuration; add the table \
         `[redis]` with its `url` to the configuration"
    );
    running.shut_down().await;
}

mod reported {
    #[kit::service(name = "test.SharedReported")]
    #[transport(http)]
    pub(crate) trait SharedReported {
        #[rate_limit("2/h", store = "redis")]
        async fn limited(&self) -> Result<(), kit::Status>;
    }

    pub(super) struct Anything;

    impl SharedReported for Anything {
        async fn limited(&self) -> Result<(), kit::Status> {
            Ok(())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_limits_and_calls_decided_by_the_process() {
    use reported::SharedReported as _;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("redis://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let server =
        reported::SharedReportedServer::new(reported::Anything).rate_limit_store(patient(&url));
    let running = kit::testing::serve(kit::Server::new().mount(server)).await;
    let client = reported::SharedReportedClient::connect(running.url("http"))
        .await
        .expect("a server");
    let lines = async || {
        let text = crate::support::get(running.address(), "/metrics").await;
        let ours = text
            .lines()
            .filter(|line| line.contains("test.SharedReported") && line.contains("rate_limit"));
        ours.map(str::to_owned).collect::<Vec<_>>()
    };
    let labels = r#"rpc_service="test.SharedReported",rpc_method="Limited""#;
    let expected = |store: u32, process: u32, fallbacks: u32| {
        vec![
            format!(r#"rpc_server_shared_rate_limits{{{labels},judge="store"}} {store}"#),
            format!(r#"rpc_server_shared_rate_limits{{{labels},judge="process"}} {process}"#),
            format!(r#"rpc_server_rate_limit_fallbacks_total{{{labels}}} {fallbacks}"#),
        ]
    };
    assert_eq!(lines().await, expected(1, 0, 0));
    assert_eq!(granted(2, async || client.limited().await).await, 2);
    assert_eq!(lines().await, expected(0, 1, 2));
    let snapshots = kit::metrics::policies_snapshot();
    let ours = snapshots
        .iter()
        .find(|method| method.side == Side::Server && method.service == "test.SharedReported");
    assert_eq!(ours.map(|method| method.limited_locally), Some(2));
}
