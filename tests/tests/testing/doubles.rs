//! Test doubles with whole clients and servers: scripts under declared
//! policies, faults on either side and over real transports.

use std::sync::Arc;
use std::time::Duration;

use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;
use kit::testing::{Faults, InProcess, Scripted, serve};
use tokio::time::Instant;

#[derive(Debug, thiserror::Error, ServiceError)]
pub enum StoreError {
    #[error("no item {id}")]
    #[status(not_found)]
    NoItem { id: u32 },
    #[error(transparent)]
    Status(#[from] Status),
}

#[derive(Clone, Copy, Debug, PartialEq, kit::Message)]
pub struct Item {
    count: u32,
}

/// A stream of three items: 1, 2, 3.
fn items() -> Streaming<Item> {
    Streaming::from_items((1..=3).map(|count| Item { count }))
}

#[kit::service(name = "test.Store")]
#[transport(http, grpc)]
pub(crate) trait Store {
    #[breaker(failures = 3, open = "5s", probes = 1)]
    async fn guarded(&self) -> Result<u32, StoreError>;

    #[endpoint(idempotent)]
    #[retry(attempts = 3, backoff = "1ms..2ms", budget = 1.0)]
    async fn retried(&self, id: u32) -> Result<u32, StoreError>;

    #[endpoint(idempotent)]
    #[hedge(after = "10ms", extra_load = 1.0)]
    async fn hedged(&self, id: u32) -> Result<u32, StoreError>;

    #[timeout("50ms")]
    async fn timed(&self) -> Result<u32, StoreError>;

    async fn plain(&self, id: u32) -> Result<u32, StoreError>;

    #[transport(grpc)]
    async fn total(&self, items: Streaming<Item>) -> Result<u32, StoreError>;
}

struct Works;

impl Store for Works {
    async fn guarded(&self) -> Result<u32, StoreError> {
        Ok(1)
    }

    async fn retried(&self, id: u32) -> Result<u32, StoreError> {
        Ok(id)
    }

    async fn hedged(&self, id: u32) -> Result<u32, StoreError> {
        Ok(id)
    }

    async fn timed(&self) -> Result<u32, StoreError> {
        Ok(1)
    }

    async fn plain(&self, id: u32) -> Result<u32, StoreError> {
        Ok(id)
    }

    async fn total(&self, mut items: Streaming<Item>) -> Result<u32, StoreError> {
        let mut total = 0;
        while let Some(item) = items.message().await? {
            total += item.count;
        }
        Ok(total)
    }
}

fn unavailable() -> Status {
    Status::unavailable("injected")
}

fn code<T>(outcome: Result<T, StoreError>) -> Result<T, Code> {
    outcome.map_err(|error| error.code())
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_on_injected_errors_and_closes_after_them() {
    let faults = Arc::new(Faults::new(1).error(1.0, unavailable()));
    let client = StoreClient::local(Works).layer(Arc::clone(&faults));
    for _ in 0..3 {
        assert_eq!(code(client.guarded().await), Err(Code::Unavailable));
    }
    let refused = client.guarded().await.expect_err("the breaker is open");
    let refusal = *refused
        .status()
        .and_then(Status::refusal)
        .expect("a refusal");
    assert_eq!(refusal.policy(), PolicyKind::Breaker);
    assert_eq!(refusal.reason(), RefusalReason::Open);
    assert_eq!(faults.injected().errors, 3, "the fourth call was not sent");

    faults.set_enabled(false);
    let wait = refusal.retry_after().expect("a breaker knows when");
    tokio::time::advance(wait).await;
    assert_eq!(code(client.guarded().await), Ok(1));
    assert_eq!(code(client.guarded().await), Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_retry_succeeds_against_a_scripted_peer() {
    let scripted = Scripted::new();
    let script = scripted
        .on::<store::Retried>()
        .fail(unavailable())
        .delay(Duration::from_millis(30))
        .fail(unavailable())
        .respond_with(|cx, request| Ok(request.id + cx.previous_attempts()));
    let client = StoreClient::new(scripted.clone());
    let start = Instant::now();
    assert_eq!(code(client.retried(40).await), Ok(42));
    assert!(start.elapsed() >= Duration::from_millis(30));
    let ids: Vec<u32> = script
        .take_requests()
        .iter()
        .map(|request| request.id)
        .collect();
    assert_eq!(ids, [40, 40, 40]);
    scripted.verify();
}

#[tokio::test(start_paused = true)]
async fn a_domain_error_of_a_script_is_not_retried() {
    let scripted = Scripted::new();
    scripted
        .on::<store::Retried>()
        .fail(StoreError::NoItem { id: 40 });
    let client = StoreClient::new(scripted);
    let failed = client.retried(40).await;
    assert!(matches!(failed, Err(StoreError::NoItem { id: 40 })));
}

#[tokio::test(start_paused = true)]
async fn a_hedge_responds_for_a_hanging_peer() {
    let scripted = Scripted::new();
    let script = scripted.on::<store::Hedged>().hang().ok(7);
    let client = StoreClient::new(scripted);
    let start = Instant::now();
    assert_eq!(code(client.hedged(1).await), Ok(7));
    assert_eq!(start.elapsed(), Duration::from_millis(10));
    assert_eq!(script.calls(), 2);
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = "the script was not followed: method `retried` of `test.Store`: expected 2 calls, got 1"
)]
async fn a_missing_retry_fails_the_test() {
    let scripted = Scripted::new();
    // A failure that is not retried.
    scripted
        .on::<store::Retried>()
        .fail(Status::invalid_argument("never valid"))
        .ok(7);
    let client = StoreClient::new(scripted);
    assert_eq!(code(client.retried(1).await), Err(Code::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn a_lost_call_ends_at_the_timeout_of_either_side() {
    let lossy = || Faults::new(1).drop(1.0);
    let limit = Duration::from_millis(50);

    let client = StoreClient::local(Works).layer(lossy());
    let start = Instant::now();
    assert_eq!(code(client.timed().await), Err(Code::DeadlineExceeded));
    assert_eq!(start.elapsed(), limit);

    let server = InProcess::new(StoreServer::new(Works).layer(lossy()));
    let start = Instant::now();
    let cx = Context::new();
    let outcome = Endpoint::<store::Timed>::call(&server, &cx, store::TimedRequest {}).await;
    assert_eq!(code(outcome), Err(Code::DeadlineExceeded));
    assert_eq!(start.elapsed(), limit);
}

/// The outcomes of forty sequential calls.
async fn outcomes(client: &impl Store) -> Vec<Result<u32, Code>> {
    let mut outcomes = Vec::new();
    for id in 0..40 {
        outcomes.push(code(client.plain(id).await));
    }
    outcomes
}

#[tokio::test]
async fn a_seed_injects_the_same_faults_over_every_transport() {
    let faults = || Arc::new(Faults::new(7).error(0.4, unavailable()));
    let expected = outcomes(&StoreClient::local(Works).layer(faults())).await;
    let failures = expected.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(failures, 14);
    for (id, outcome) in (0..).zip(&expected) {
        assert!(matches!(outcome, Err(Code::Unavailable)) || outcome == &Ok(id));
    }

    for scheme in ["http", "grpc"] {
        let injects = faults();
        let server = StoreServer::new(Works).layer(Arc::clone(&injects));
        let running = serve(kit::Server::new().mount(server)).await;
        let client = StoreClient::connect(running.url(scheme)).await;
        let client = client.expect("it listens");
        assert_eq!(outcomes(&client).await, expected, "{scheme}");
        let injected = injects.injected();
        assert_eq!(injected.calls, 40, "{scheme}");
        assert_eq!(injected.errors, failures as u64, "{scheme}");
    }
}

#[tokio::test]
async fn an_injected_domain_error_arrives_as_its_variant() {
    let status = StoreError::NoItem { id: 9 }.into_status();
    let faults = Faults::new(1).error(1.0, status).only::<store::Plain>();
    let running = serve(kit::Server::new().mount(StoreServer::new(Works).layer(faults))).await;
    let client = StoreClient::connect(running.url("http")).await;
    let client = client.expect("it listens");
    let failed = client.plain(1).await;
    assert!(matches!(failed, Err(StoreError::NoItem { id: 9 })));
    assert_eq!(code(client.timed().await), Ok(1), "left alone");
}

#[tokio::test]
async fn a_method_without_a_script_is_unimplemented() {
    let scripted = Scripted::new();
    let client = StoreClient::new(scripted);
    let failed = client.plain(1).await.expect_err("no script");
    assert_eq!(failed.code(), Code::Unimplemented);
    assert_eq!(
        failed.to_string(),
        "unimplemented: method `plain` of `test.Store` has no script: \
         give it one with `Scripted::on`"
    );
}

#[tokio::test]
async fn a_script_records_the_request_stream() {
    let scripted = Scripted::new();
    let script = scripted.on::<store::Total>().ok(3);
    let client = StoreClient::new(scripted);
    assert_eq!(code(client.total(items()).await), Ok(3));
    let mut kept = script.take_requests().pop().expect("one call").items;
    for count in 1..=3 {
        let item = kept.message().await;
        assert_eq!(item.ok(), Some(Some(Item { count })));
    }
    assert_eq!(kept.message().await.ok(), Some(None));
}

#[tokio::test]
async fn faults_do_not_change_the_messages_of_a_stream() {
    let faults = Arc::new(Faults::new(1).delay(1.0, Duration::ZERO));
    let client = StoreClient::local(Works).layer(Arc::clone(&faults));
    assert_eq!(code(client.total(items()).await), Ok(6));
    assert_eq!(faults.injected().calls, 1);
}
