//! The policies of a client, declared as attributes: each applies to its method,
//! at its place in the chain.

use std::time::Duration;

use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;
use tokio::time::Instant;

use super::script::{FetchError, OPEN, Script, Scripted, Step, refusal};

/// A service whose policies run on the client.
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

fn client(script: Script) -> (Scripted, PeerClient<Scripted>) {
    let peer = Scripted::new(script);
    (peer.clone(), PeerClient::new(peer))
}

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
async fn a_domain_error_is_a_success_for_a_breaker() {
    let (peer, client) = client(|_| Step::Refuse);
    for _ in 0..10 {
        let outcome = client.broken().await;
        assert!(matches!(outcome, Err(FetchError::NoItem { id: 1 })));
    }
    assert_eq!(peer.calls(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_counts_timeouts() {
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
async fn a_cancelled_call_is_not_a_failure_for_a_breaker() {
    let (peer, client) = client(|call| if call <= 5 { Step::Hang } else { Step::Answer });
    for _ in 0..5 {
        let call = tokio::time::timeout(Duration::from_millis(1), client.hangs());
        assert!(call.await.is_err());
    }
    assert_eq!(client.hangs().await.ok(), Some(6));
    assert_eq!(peer.calls(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_retry_stops_after_its_attempts() {
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
async fn a_breaker_counts_each_attempt_and_its_refusal_is_not_retried() {
    let (peer, client) = client(|_| Step::Fail);
    let began = Instant::now();
    // Two attempts open the breaker; the third is refused, and is the last.
    assert_eq!(refusal(client.retried().await), OPEN);
    assert_eq!(peer.calls(), 2);
    assert!(began.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_counts_an_attempt_timeout() {
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
async fn a_hedge_returns_the_response_of_the_faster_attempt() {
    let (peer, client) = client(|call| if call == 1 { Step::Hang } else { Step::Answer });
    let began = Instant::now();
    assert_eq!(client.hedged().await.ok(), Some(2));
    assert_eq!(began.elapsed(), Duration::from_millis(10));
    assert_eq!(peer.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cache_serves_equal_arguments_until_its_ttl() {
    let (peer, client) = client(|_| Step::Answer);
    assert_eq!(client.cached(1).await.ok(), Some(1));
    assert_eq!(client.cached(1).await.ok(), Some(1));
    assert_eq!(client.cached(2).await.ok(), Some(2));
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(client.cached(1).await.ok(), Some(3));
    assert_eq!(peer.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_replaces_failures_and_not_domain_errors() {
    let (_, down) = client(|_| Step::Fail);
    assert_eq!(down.replaced().await.ok(), Some(7));
    let (_, domain) = client(|_| Step::Refuse);
    assert!(matches!(
        domain.replaced().await,
        Err(FetchError::NoItem { id: 1 })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_client_rate_limit_refuses_without_calling_the_peer() {
    let (peer, client) = client(|_| Step::Answer);
    assert!(client.metered().await.is_ok());
    assert!(client.metered().await.is_ok());
    let over = (PolicyKind::RateLimit, RefusalReason::RateExceeded);
    assert_eq!(refusal(client.metered().await), over);
    assert_eq!(peer.calls(), 2);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(client.metered().await.is_ok());
}
