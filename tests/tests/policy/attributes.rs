//! Policies as attributes: that each is there, in its place in the chain.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;
use kit::testing::serve;
use tokio::time::Instant;

#[derive(Debug, thiserror::Error, ServiceError)]
pub enum FetchError {
    #[error("no item {id}")]
    #[status(not_found)]
    NoItem { id: u32 },
    #[error(transparent)]
    Status(#[from] Status),
}

/// A peer as seen by its clients.
#[kit::service(name = "test.Peer")]
#[transport(http, grpc)]
pub(crate) trait Peer {
    #[breaker(failures = 3, open = "5s", probes = 1)]
    async fn broken(&self) -> Result<u32, FetchError>;

    #[timeout("50ms")]
    #[breaker(failures = 2, open = "5s")]
    async fn hangs(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[retry(attempts = 3, backoff = "1ms..2ms", budget = 1.0)]
    async fn flaky(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[retry(attempts = 4, backoff = "1ms..2ms", budget = 1.0)]
    #[breaker(failures = 2, open = "5s")]
    async fn retried(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[timeout("1s")]
    #[retry(
        attempts = 2,
        backoff = "1ms..2ms",
        attempt_timeout = "20ms",
        budget = 1.0
    )]
    #[breaker(failures = 2, open = "5s")]
    async fn slow(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[hedge(after = "10ms", extra_load = 1.0)]
    async fn hedged(&self) -> Result<u32, FetchError>;

    #[endpoint(idempotent)]
    #[cache(ttl = "1s")]
    async fn cached(&self, id: u32) -> Result<u32, FetchError>;

    #[fallback(seven)]
    async fn replaced(&self) -> Result<u32, FetchError>;

    #[rate_limit("1/s", burst = 2, at = client)]
    async fn metered(&self) -> Result<u32, FetchError>;
}

async fn seven(_: &Context, _: peer::ReplacedRequest, _: FetchError) -> Result<u32, FetchError> {
    Ok(7)
}

/// What a peer does at its nth call, counted from one.
pub(crate) type Script = fn(u32) -> Step;

#[derive(Clone, Copy)]
pub(crate) enum Step {
    Answer,
    Fail,
    Refuse,
    Hang,
}

/// A peer that keeps to a script, whatever it is asked.
#[derive(Clone)]
pub(crate) struct Scripted {
    calls: Arc<AtomicU32>,
    script: Script,
}

impl Scripted {
    pub(crate) fn new(script: Script) -> Self {
        Self {
            calls: Arc::default(),
            script,
        }
    }

    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl<M: Method<Response = u32, Error = FetchError>> Endpoint<M> for Scripted {
    async fn call(&self, _: &Context, _: M::Request) -> Outcome<M> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match (self.script)(call) {
            Step::Answer => Ok(call),
            Step::Fail => Err(Status::unavailable("down").into()),
            Step::Refuse => Err(FetchError::NoItem { id: 1 }),
            Step::Hang => pending().await,
        }
    }
}

fn client(script: Script) -> (Scripted, PeerClient<Scripted>) {
    let peer = Scripted::new(script);
    (peer.clone(), PeerClient::new(peer))
}

#[track_caller]
fn refusal(outcome: Result<u32, FetchError>) -> (PolicyKind, RefusalReason) {
    match outcome {
        Err(FetchError::Status(status)) => {
            let refusal = status.refusal().expect("a policy refused it");
            (refusal.policy(), refusal.reason())
        }
        other => panic!("{other:?} is no refusal"),
    }
}

const OPEN: (PolicyKind, RefusalReason) = (PolicyKind::Breaker, RefusalReason::Open);

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_refuses_and_closes_after_a_probe() {
    let (peer, client) = client(|call| if call <= 3 { Step::Fail } else { Step::Answer });
    for _ in 0..3 {
        assert!(client.broken().await.is_err());
    }
    assert_eq!(refusal(client.broken().await), OPEN);
    assert_eq!(peer.calls(), 3);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(client.broken().await.ok(), Some(4));
    assert_eq!(client.broken().await.ok(), Some(5));
}

#[tokio::test(start_paused = true)]
async fn a_domain_error_is_an_answer_to_a_breaker() {
    let (peer, client) = client(|_| Step::Refuse);
    for _ in 0..10 {
        let outcome = client.broken().await;
        assert!(matches!(outcome, Err(FetchError::NoItem { id: 1 })));
    }
    assert_eq!(peer.calls(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_sees_a_peer_that_hangs() {
    let (peer, client) = client(|_| Step::Hang);
    for _ in 0..2 {
        let outcome = client.hangs().await;
        assert_eq!(
            outcome.map_err(|error| error.code()),
            Err(Code::DeadlineExceeded)
        );
    }
    assert_eq!(refusal(client.hangs().await), OPEN);
    assert_eq!(peer.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_is_not_the_peers_failure() {
    let (peer, client) = client(|call| if call <= 5 { Step::Hang } else { Step::Answer });
    for _ in 0..5 {
        let call = tokio::time::timeout(Duration::from_millis(1), client.hangs());
        assert!(call.await.is_err());
    }
    assert_eq!(client.hangs().await.ok(), Some(6));
    assert_eq!(peer.calls(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_retry_tries_again_and_gives_up_after_its_attempts() {
    let (peer, passing) = client(|call| if call < 3 { Step::Fail } else { Step::Answer });
    assert_eq!(passing.flaky().await.ok(), Some(3));
    assert_eq!(peer.calls(), 3);
    let (peer, lasting) = client(|_| Step::Fail);
    assert!(lasting.flaky().await.is_err());
    assert_eq!(peer.calls(), 3);
    let (peer, domain) = client(|_| Step::Refuse);
    assert!(domain.flaky().await.is_err());
    assert_eq!(peer.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_sees_every_attempt_and_its_refusal_is_not_tried_again() {
    let (peer, client) = client(|_| Step::Fail);
    let began = Instant::now();
    // Two attempts open the breaker; the third is refused, and is the last.
    assert_eq!(refusal(client.retried().await), OPEN);
    assert_eq!(peer.calls(), 2);
    assert!(began.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_sees_an_attempt_that_was_cut() {
    let (peer, client) = client(|_| Step::Hang);
    let outcome = client.slow().await;
    assert_eq!(
        outcome.map_err(|error| error.code()),
        Err(Code::DeadlineExceeded)
    );
    assert_eq!(refusal(client.slow().await), OPEN);
    assert_eq!(peer.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_answers_for_a_slow_try() {
    let (peer, client) = client(|call| if call == 1 { Step::Hang } else { Step::Answer });
    let began = Instant::now();
    assert_eq!(client.hedged().await.ok(), Some(2));
    assert_eq!(began.elapsed(), Duration::from_millis(10));
    assert_eq!(peer.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cache_answers_for_equal_arguments_until_its_time_is_over() {
    let (peer, client) = client(|_| Step::Answer);
    assert_eq!(client.cached(1).await.ok(), Some(1));
    assert_eq!(client.cached(1).await.ok(), Some(1));
    assert_eq!(client.cached(2).await.ok(), Some(2));
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(client.cached(1).await.ok(), Some(3));
    assert_eq!(peer.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_for_a_failure_and_not_for_an_answer() {
    let (_, down) = client(|_| Step::Fail);
    assert_eq!(down.replaced().await.ok(), Some(7));
    let (_, domain) = client(|_| Step::Refuse);
    assert!(matches!(
        domain.replaced().await,
        Err(FetchError::NoItem { id: 1 })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_clients_own_rate_limit_refuses_before_the_peer_is_asked() {
    let (peer, client) = client(|_| Step::Answer);
    assert!(client.metered().await.is_ok());
    assert!(client.metered().await.is_ok());
    let over = (PolicyKind::RateLimit, RefusalReason::RateExceeded);
    assert_eq!(refusal(client.metered().await), over);
    assert_eq!(peer.calls(), 2);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(client.metered().await.is_ok());
}

/// A service as seen by its server.
#[kit::service(name = "test.Guarded")]
#[transport(http, grpc)]
pub(crate) trait Guarded {
    #[endpoint(post = "/limited")]
    #[rate_limit("1/h", burst = 1)]
    async fn limited(&self) -> Result<u32, Status>;

    #[endpoint(post = "/by-tenant")]
    #[rate_limit("1/h", burst = 1, key = arg(tenant))]
    async fn by_tenant(&self, tenant: String) -> Result<u32, Status>;

    #[endpoint(post = "/by-header")]
    #[rate_limit("1/h", burst = 1, key = header("x-tenant"))]
    async fn by_header(&self) -> Result<u32, Status>;

    #[endpoint(post = "/one-at-a-time")]
    #[concurrency(1)]
    async fn one_at_a_time(&self) -> Result<u32, Status>;
}

#[derive(Default)]
struct Guard {
    inside: tokio::sync::Notify,
    leave: tokio::sync::Notify,
}

#[kit::service]
impl Guarded for Arc<Guard> {
    async fn limited(&self) -> Result<u32, Status> {
        Ok(1)
    }
    async fn by_tenant(&self, _: String) -> Result<u32, Status> {
        Ok(1)
    }
    async fn by_header(&self) -> Result<u32, Status> {
        Ok(1)
    }
    async fn one_at_a_time(&self) -> Result<u32, Status> {
        self.inside.notify_one();
        self.leave.notified().await;
        Ok(1)
    }
}

#[tokio::test]
async fn a_servers_limit_tells_when_to_come_back_over_each_transport() {
    for scheme in ["http", "grpc"] {
        let guard = Arc::new(Guard::default());
        let running = serve(kit::Server::new().mount(GuardedServer::new(guard))).await;
        let client = GuardedClient::connect(running.url(scheme))
            .await
            .expect("it listens");
        assert_eq!(client.limited().await.ok(), Some(1), "{scheme}");
        let status = client.limited().await.expect_err("the hour has one call");
        assert_eq!(status.code(), Code::ResourceExhausted, "{scheme}");
        assert_eq!(status.message(), "the rate limit is used up", "{scheme}");
        assert_eq!(
            status.field("policy"),
            Some(&"rate_limit".into()),
            "{scheme}"
        );
        let wait = status.retry_after().expect("it says when");
        assert!(
            wait > Duration::from_secs(3_500) && wait <= Duration::from_secs(3_600),
            "{wait:?}"
        );
        // A peer's refusal is no refusal of this process.
        assert_eq!(status.refusal(), None, "{scheme}");
    }
}

#[tokio::test]
async fn each_argument_and_each_header_has_its_own_limit() {
    for scheme in ["http", "grpc"] {
        let guard = Arc::new(Guard::default());
        let running = serve(kit::Server::new().mount(GuardedServer::new(guard))).await;
        let client = GuardedClient::connect(running.url(scheme))
            .await
            .expect("it listens");
        let code = |outcome: Result<u32, Status>| outcome.map_err(|status| status.code());
        for tenant in ["red", "blue"] {
            let call = || client.by_tenant(tenant.to_owned());
            assert_eq!(code(call().await), Ok(1), "{scheme} {tenant}");
            assert_eq!(
                code(call().await),
                Err(Code::ResourceExhausted),
                "{scheme} {tenant}"
            );
            let mut metadata = kit::Metadata::new();
            metadata.insert("x-tenant", tenant).expect("it is a header");
            let cx = Context::new().with_outgoing(metadata);
            let call = || cx.scope(client.by_header());
            assert_eq!(code(call().await), Ok(1), "{scheme} {tenant}");
            assert_eq!(
                code(call().await),
                Err(Code::ResourceExhausted),
                "{scheme} {tenant}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_refuses_what_it_has_no_place_for_and_takes_the_next() {
    let guard = Arc::new(Guard::default());
    let server = kit::Server::new().mount(GuardedServer::new(Arc::clone(&guard)));
    let running = serve(server).await;
    let client = GuardedClient::connect(running.url("http"))
        .await
        .expect("it listens");
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.one_at_a_time().await }
    });
    guard.inside.notified().await;
    let status = client
        .one_at_a_time()
        .await
        .expect_err("there is one place");
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.field("state"), Some(&"queue_full".into()));
    guard.leave.notify_one();
    assert_eq!(first.await.expect("it ran").ok(), Some(1));
    guard.leave.notify_one();
    assert_eq!(client.one_at_a_time().await.ok(), Some(1));
}

/// A peer that one test alone calls, as metrics are of the process.
#[kit::service(name = "test.Watched")]
#[transport(http)]
pub(crate) trait Watched {
    #[breaker(failures = 1, open = "5s")]
    #[concurrency(4, at = client)]
    async fn fetch(&self) -> Result<u32, FetchError>;
}

#[tokio::test(start_paused = true)]
async fn refusals_and_states_are_metrics() {
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

    // A probe that fails, and another client's breaker.
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
