//! Shared stores of rate limits that other crates register.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kit::Config;
use kit::policy::rate_limit::{
    SharedStore, StoreAnswer, StoreFactory, StoreKey, StoreRequest, StoreSettings, Taking,
};
use kit::prelude::*;
use kit::server::ServeError;
use kit::testing::InProcess;

/// Counts in a map of this process, which all stores of one `region` share.
#[derive(Debug, Default)]
struct Regional {
    full_at: Mutex<HashMap<Vec<u8>, Instant>>,
}

const REGION: StoreKey = StoreKey::text("region", "eu", "where calls are counted").required();

inventory::submit! { StoreFactory::new("regional", &[REGION], regional) }

fn regional(settings: &StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status> {
    static REGIONS: Mutex<Vec<(String, Arc<Regional>)>> = Mutex::new(Vec::new());
    let region = settings.text("region").unwrap_or_default();
    if region == "mars" {
        return Err(Status::invalid_argument("there is no region `mars`"));
    }
    let mut regions = REGIONS.lock().expect("a map");
    if let Some((_, store)) = regions.iter().find(|(name, _)| name == region) {
        return Ok(Arc::clone(store) as _);
    }
    let store = Arc::new(Regional::default());
    regions.push((region.to_owned(), Arc::clone(&store)));
    Ok(store)
}

impl SharedStore for Regional {
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a> {
        let key = [request.limiter.as_bytes(), b"\0", request.key].concat();
        let now = Instant::now();
        let mut buckets = self.full_at.lock().expect("a map");
        let full_at = buckets.entry(key).or_insert(now);
        let taken = full_at.saturating_duration_since(now);
        let wait = (taken + request.limit.step).saturating_sub(request.limit.capacity);
        let answer = if wait > request.longest {
            StoreAnswer::Refused {
                by_total: false,
                wait,
                taken,
            }
        } else {
            *full_at = now + taken + request.limit.step;
            StoreAnswer::Granted { wait }
        };
        Box::pin(async move { Some(answer) })
    }

    fn is_away(&self) -> bool {
        false
    }
}

#[kit::service(name = "stores.Mail")]
#[transport(http)]
pub(crate) trait Mail {
    #[rate_limit("3/h", store = "regional")]
    async fn send(&self) -> Result<(), Status>;
}

#[kit::service(name = "stores.Misspelled")]
#[transport(http)]
pub(crate) trait Misspelled {
    #[rate_limit("3/h", store = "regionel")]
    async fn send(&self) -> Result<(), Status>;
}

struct Anything;

impl Mail for Anything {
    async fn send(&self) -> Result<(), Status> {
        Ok(())
    }
}

impl Misspelled for Anything {
    async fn send(&self) -> Result<(), Status> {
        Ok(())
    }
}

fn configured(config: &Config) -> MailClient<InProcess> {
    let service = MailServer::new(Anything).configure(config);
    let server = kit::Server::new().mount(service.expect("values"));
    MailClient::new(InProcess::server(server))
}

async fn granted(client: &MailClient<InProcess>) -> usize {
    let mut granted = 0;
    for _ in 0..5 {
        granted += usize::from(client.send().await.is_ok());
    }
    granted
}

#[tokio::test]
async fn servers_share_a_registered_store_by_its_name() {
    let eu = || Config::parse("[regional]\nregion = \"eu\"\n", "kit.toml").expect("a region");
    let (one, other) = (configured(&eu()), configured(&eu()));
    assert_eq!(granted(&one).await, 3);
    assert_eq!(granted(&other).await, 0);

    let variables = [("KIT__REGIONAL__REGION", "us")];
    let config = eu().with_variables(variables).expect("a region");
    let elsewhere = configured(&config);
    assert_eq!(granted(&elsewhere).await, 3);
    config.set("regional.region", "asia").expect("a region");
    assert_eq!(granted(&elsewhere).await, 3);
    let knobs = config.knobs();
    let knob = knobs.get("regional.region").expect("a knob");
    assert_eq!(knob.value.as_deref(), Some("asia"));
}

#[tokio::test]
async fn wrong_values_of_a_registered_store_are_named_with_their_line() {
    let check = |text: &str, expected: &str| {
        let error = Config::parse(text, "kit.toml").expect_err(text);
        assert_eq!(error.to_string(), expected);
    };
    check(
        "[regional]\nregio = \"eu\"\n",
        "kit.toml:2:1: `regional` has no key `regio`; did you mean `region`? expected `region`",
    );
    check(
        "[regional]\nregion = \"\"\n",
        "kit.toml:2:10: `regional.region` is empty; write it like `region = \"eu\"`",
    );
    check(
        "[regional]\nregion = \"mars\"\n",
        "kit.toml:1:2: `regional`: there is no region `mars`",
    );
}

async fn start_error(server: kit::Server) -> String {
    match server.bind("127.0.0.1:0").await {
        Err(ServeError::Mount(errors)) => errors[0].to_string(),
        other => panic!("it starts: {other:?}"),
    }
}

#[tokio::test]
async fn a_store_that_is_registered_and_not_described_stops_the_start() {
    let server = kit::Server::new().mount(MailServer::new(Anything));
    assert_eq!(
        start_error(server).await,
        "the rate limit of `stores.Mail.send` is counted in the store `regional`, which the server \
         does not have: add the table `[regional]` with its `region` to the configuration, or give \
         it a store by `.rate_limit_store(..)`, or write `store = \"local\"`"
    );
}

#[tokio::test]
async fn a_store_that_is_not_registered_stops_the_start_and_those_that_are_are_listed() {
    let server = || kit::Server::new().mount(MisspelledServer::new(Anything));
    let error = start_error(server()).await;
    let begin = "the rate limit of `stores.Misspelled.send` is counted in the store `regionel`, \
                 which the server does not have: no store is registered as `regionel` (registered: ";
    assert!(error.starts_with(begin), "{error}");
    assert!(error.contains("`regional`"), "{error}");

    // A store of the code serves any name.
    let given = server().rate_limit_store(Regional::default());
    assert!(given.bind("127.0.0.1:0").await.is_ok());
}

#[tokio::test]
async fn a_limit_moves_to_another_store_only_if_that_is_there() {
    let config = Config::parse("[regional]\nregion = \"moves\"\n", "kit.toml").expect("a region");
    let service = MailServer::new(Anything)
        .configure(&config)
        .expect("values");
    let running = kit::testing::serve(kit::Server::new().mount(service)).await;
    let error = config
        .set("stores.Mail.send.rate_limit.store", "nowhere")
        .expect_err("there is none");
    let begin = "`stores.Mail.send.rate_limit`: `store` must be local: the server has no such \
                 store, neither from `rate_limit_store` nor from a table of a configuration; no store \
                 is registered as `nowhere` (registered: ";
    assert!(error.to_string().starts_with(begin), "{error}");
    let local = config.set("stores.Mail.send.rate_limit.store", "local");
    local.expect("each process has its own");
    tokio::time::timeout(Duration::from_secs(20), running.shut_down())
        .await
        .expect("it ends");
}
