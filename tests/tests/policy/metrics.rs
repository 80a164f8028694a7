//! Metrics of retries, hedges, caches, fallbacks, breakers and limits that
//! queue calls. Series are per process, so each test has methods of its own.

use std::time::Duration;

use kit::prelude::*;
use tokio::task::yield_now;
use tokio::time::{advance, timeout};

use super::script::{FetchError, OPEN, Script, Scripted, Step, refusal};

#[kit::service(name = "metrics.Counted")]
#[transport(http)]
pub(crate) trait Counted {
    #[endpoint(idempotent)]
    #[retry(attempts = 3, backoff = "1ms..2ms")]
    async fn retried(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[retry(attempts = 200, backoff = "1ms..2ms")]
    async fn spent(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[hedge(after = "10ms", extra_load = 0.05)]
    async fn hedged(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[cache(ttl = "1s", stale = "1s", coalesce)]
    async fn cached(&self, id: u32) -> Result<u32, FetchError>;

    #[fallback(one_of_two)]
    async fn replaced(&self, id: u32) -> Result<u32, FetchError>;

    #[rate_limit("1/s", burst = 1, wait = "10s", at = client)]
    async fn waits(&self) -> Result<u32, FetchError>;

    #[rate_limit("1/s", at = client)]
    async fn plain(&self) -> Result<u32, FetchError>;
}

async fn one_of_two(
    _: &Context,
    request: counted::ReplacedRequest,
    error: FetchError,
) -> Result<u32, FetchError> {
    match request.id {
        1 => Ok(1),
        _ => Err(error),
    }
}

fn client(script: Script) -> CountedClient<Scripted> {
    CountedClient::new(Scripted::new(script))
}

/// The policy series of a method, without their common labels.
fn shown(method: &str) -> Vec<String> {
    shown_of("metrics.Counted", method)
}

fn shown_of(service: &str, method: &str) -> Vec<String> {
    let labels = format!("{{rpc_service=\"{service}\",rpc_method=\"{method}\"");
    let text = kit::metrics::text();
    let of_policies = text
        .lines()
        .filter(|line| line.contains(&labels) && !line.contains("_call"));
    of_policies
        .map(|line| {
            line.replace(&labels, "{")
                .replace("{,", "{")
                .replace("{}", "")
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn retries_are_counted_with_the_reason_they_stopped() {
    let series = |retries: u32, attempts: u32, budget: u32| {
        vec![
            format!("rpc_client_retries_total {retries}"),
            format!("rpc_client_retries_given_up_total{{reason=\"attempts\"}} {attempts}"),
            "rpc_client_retries_given_up_total{reason=\"chain\"} 0".to_owned(),
            "rpc_client_retries_given_up_total{reason=\"pushback\"} 0".to_owned(),
            "rpc_client_retries_given_up_total{reason=\"deadline\"} 0".to_owned(),
            format!("rpc_client_retries_given_up_total{{reason=\"budget\"}} {budget}"),
        ]
    };
    let passing = client(|call| if call < 3 { Step::Fail } else { Step::Answer });
    assert_eq!(shown("Retried"), series(0, 0, 0));
    assert_eq!(passing.retried().await.ok(), Some(3));
    assert_eq!(shown("Retried"), series(2, 0, 0));
    // Counters outlive a client, and another one continues them.
    drop(passing);
    let lasting = client(|_| Step::Fail);
    assert!(lasting.retried().await.is_err());
    assert_eq!(shown("Retried"), series(4, 1, 0));
    // A failure that is not retryable is not counted as given up.
    assert!(client(|_| Step::Refuse).retried().await.is_err());
    assert_eq!(shown("Retried"), series(4, 1, 0));

    // The reserve of a budget is a hundred retries.
    assert!(lasting.spent().await.is_err());
    assert_eq!(shown("Spent"), series(100, 0, 1));
    assert!(lasting.spent().await.is_err());
    assert_eq!(shown("Spent"), series(100, 0, 2));
}

#[tokio::test(start_paused = true)]
async fn hedges_are_counted_by_outcome() {
    let series = |fired: u32, won: u32, unpaid: u32| {
        vec![
            format!("rpc_client_hedges_total {fired}"),
            format!("rpc_client_hedges_won_total {won}"),
            format!("rpc_client_hedges_unpaid_total {unpaid}"),
        ]
    };
    let client = client(|call| if call == 2 { Step::Answer } else { Step::Hang });
    assert_eq!(shown("Hedged"), series(0, 0, 0));
    assert_eq!(client.hedged().await.ok(), Some(2));
    assert_eq!(shown("Hedged"), series(1, 1, 0));
    // The budget is spent: this slow call is not hedged.
    let slow = timeout(Duration::from_millis(20), client.hedged());
    assert!(slow.await.is_err());
    assert_eq!(shown("Hedged"), series(1, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn cache_lookups_and_entries_are_counted() {
    let series = |[hit, stale, miss, bypass]: [u32; 4], coalesced: u32, entries: u32| {
        vec![
            format!("rpc_client_cache_lookups_total{{result=\"hit\"}} {hit}"),
            format!("rpc_client_cache_lookups_total{{result=\"stale\"}} {stale}"),
            format!("rpc_client_cache_lookups_total{{result=\"miss\"}} {miss}"),
            format!("rpc_client_cache_lookups_total{{result=\"bypass\"}} {bypass}"),
            format!("rpc_client_cache_coalesced_total {coalesced}"),
            format!("rpc_client_cache_entries {entries}"),
        ]
    };
    let client = client(|call| if call <= 3 { Step::Answer } else { Step::Hang });
    assert_eq!(shown("Cached"), series([0, 0, 0, 0], 0, 0));
    for _ in 0..3 {
        assert_eq!(client.cached(1).await.ok(), Some(1));
    }
    assert_eq!(shown("Cached"), series([2, 0, 1, 0], 0, 1));
    // Past its TTL and the jitter of a twentieth.
    advance(Duration::from_millis(1_100)).await;
    assert_eq!(client.cached(1).await.ok(), Some(2));
    assert_eq!(shown("Cached"), series([2, 1, 1, 0], 0, 1));

    let mut metadata = kit::Metadata::new();
    metadata.insert("x-tenant", "blue").expect("it is a header");
    let cx = Context::new().with_outgoing(metadata);
    assert_eq!(cx.scope(client.cached(1)).await.ok(), Some(3));
    assert_eq!(shown("Cached"), series([2, 1, 1, 1], 0, 1));

    let both = async { tokio::join!(client.cached(2), client.cached(2)) };
    assert!(timeout(Duration::from_millis(1), both).await.is_err());
    assert_eq!(shown("Cached"), series([2, 1, 3, 1], 1, 1));
    // The entries are dropped with the client, and the counters stay.
    drop(client);
    assert_eq!(shown("Cached"), series([2, 1, 3, 1], 1, 0));
}

#[tokio::test(start_paused = true)]
async fn fallbacks_are_counted_by_outcome() {
    let series = |total: u32, failed: u32| {
        vec![
            format!("rpc_client_fallbacks_total {total}"),
            format!("rpc_client_fallbacks_failed_total {failed}"),
        ]
    };
    let client = client(|call| match call {
        1 => Step::Answer,
        2 => Step::Refuse,
        _ => Step::Fail,
    });
    assert!(client.replaced(1).await.is_ok());
    assert!(client.replaced(1).await.is_err());
    assert_eq!(shown("Replaced"), series(0, 0));
    assert_eq!(client.replaced(1).await.ok(), Some(1));
    assert_eq!(shown("Replaced"), series(1, 0));
    assert!(client.replaced(2).await.is_err());
    assert_eq!(shown("Replaced"), series(2, 1));
}

#[tokio::test(start_paused = true)]
async fn callers_waiting_for_a_rate_limit_are_counted() {
    let queued = |calls: u32| vec![format!("rpc_client_rate_limit_queued {calls}")];
    let client = client(|_| Step::Answer);
    assert_eq!(shown("Waits"), queued(0));
    assert!(client.waits().await.is_ok());
    assert_eq!(shown("Waits"), queued(0));
    let mut calls: Vec<_> = (0..3)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.waits().await })
        })
        .collect();
    yield_now().await;
    assert_eq!(shown("Waits"), queued(3));
    advance(Duration::from_secs(1)).await;
    yield_now().await;
    assert_eq!(shown("Waits"), queued(2));
    // One call is cancelled while it waits.
    let gone = calls.pop().expect("there are three");
    gone.abort();
    assert!(gone.await.is_err());
    assert_eq!(shown("Waits"), queued(1));
    for call in calls {
        assert!(call.await.expect("it ran").is_ok());
    }
    assert_eq!(shown("Waits"), queued(0));

    // A limit without `wait` has no series of queued calls.
    assert!(client.plain().await.is_ok());
    assert_eq!(shown("Plain"), Vec::<String>::new());
    assert!(client.plain().await.is_err());
    assert_eq!(shown("Plain"), [REFUSED]);
}

const REFUSED: &str = "rpc_client_refusals_total{policy=\"rate_limit\",reason=\"rate_exceeded\"} 1";

#[kit::rate_limit("1/s", burst = 1, wait = "10s", name = "metrics::waits")]
async fn waits() -> Result<(), Status> {
    Ok(())
}

#[kit::rate_limit("1/s", name = "metrics::plain")]
async fn plain() -> Result<(), Status> {
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_function_reports_its_limit_after_its_first_call() {
    let none: [&str; 0] = [];
    let shown = |function: &str| shown_of("functions", &format!("metrics::{function}"));
    assert_eq!(shown("waits"), none);
    assert!(waits().await.is_ok());
    assert_eq!(shown("waits"), ["rpc_client_rate_limit_queued 0"]);
    let second = tokio::spawn(waits());
    yield_now().await;
    assert_eq!(shown("waits"), ["rpc_client_rate_limit_queued 1"]);
    assert!(second.await.expect("it ran").is_ok());
    assert_eq!(shown("waits"), ["rpc_client_rate_limit_queued 0"]);

    // As with a method, a limit without `wait` has a series of refusals only.
    assert!(plain().await.is_ok());
    assert_eq!(shown("plain"), none);
    assert!(plain().await.is_err());
    assert_eq!(shown("plain"), [REFUSED]);
}

/// A service that only one test calls, as metrics are per process.
#[kit::service(name = "test.Watched")]
#[transport(http)]
pub(crate) trait Watched {
    #[breaker(failures = 1, open = "5s")]
    #[concurrency(4, at = client)]
    async fn fetch(&self) -> Result<u32, FetchError>;
}

#[tokio::test(start_paused = true)]
async fn refusals_and_breaker_states_are_counted() {
    let peer = Scripted::new(|_| Step::Fail);
    let client = WatchedClient::new(peer.clone());
    let other = WatchedClient::new(peer);
    assert!(client.fetch().await.is_err());
    for _ in 0..2 {
        assert_eq!(refusal(client.fetch().await), OPEN);
    }
    let method = r#"rpc_service="test.Watched",rpc_method="Fetch""#;
    let text = kit::metrics::text();
    let check = |line: String| assert!(text.contains(&format!("\n{line}\n")), "{line}\n{text}");
    check(format!(
        "rpc_client_refusals_total{{{method},policy=\"breaker\",reason=\"open\"}} 2"
    ));
    let changes = format!("rpc_client_policy_state_changes_total{{{method},policy=\"breaker\",");
    check(format!("{changes}from=\"closed\",to=\"open\"}} 1"));
    assert!(!text.contains(&format!("{changes}from=\"open\"")), "{text}");
    check(format!("rpc_client_breakers{{{method},state=\"open\"}} 1"));
    check(format!(
        "rpc_client_breakers{{{method},state=\"closed\"}} 1"
    ));
    check(format!("rpc_client_concurrency_limit{{{method}}} 8"));
    check(format!("rpc_client_concurrency_in_flight{{{method}}} 0"));

    // A failed probe, and the breaker of another client.
    tokio::time::advance(Duration::from_secs(5)).await;
    assert!(client.fetch().await.is_err());
    assert!(other.fetch().await.is_err());
    drop((client, other));
    let text = kit::metrics::text();
    let check = |line: String| assert!(text.contains(&format!("\n{line}\n")), "{line}\n{text}");
    check(format!("{changes}from=\"closed\",to=\"open\"}} 2"));
    check(format!("{changes}from=\"open\",to=\"half_open\"}} 1"));
    check(format!("{changes}from=\"half_open\",to=\"open\"}} 1"));
    let gone = format!("rpc_client_breakers{{{method},");
    assert!(!text.contains(&gone), "{text}");
    let kept =
        format!("rpc_client_refusals_total{{{method},policy=\"breaker\",reason=\"open\"}} 2");
    assert!(text.contains(&kept), "{text}");
}
