//! The breakers of Go kit as attributes: gobreaker, handy and hystrix-go, and
//! their behaviour for callers.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use kit::policy::breaker::{Breaker, BreakerConfig};
use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

/// handy opens *above* its ratio, so this is the next larger number.
const ABOVE: f64 = 0.05_f64.next_up();

#[kit::service(name = "test.GoKit")]
#[transport(http)]
pub(crate) trait GoKit {
    #[breaker(failures = 6, open = "60s", probes = 1)]
    async fn gobreaker(&self) -> Result<u32, Status>;

    #[breaker(ratio = ABOVE, min_calls = 11, window = "5s", open = "1s", probes = 1)]
    async fn handy(&self) -> Result<u32, Status>;

    #[timeout("1s")]
    #[breaker(ratio = 0.495, min_calls = 20, window = "10s", open = "5s", probes = 1)]
    #[concurrency(10, at = client)]
    async fn hystrix(&self) -> Result<u32, Status>;

    #[timeout("1s")]
    #[breaker(ratio = 0.495, min_calls = 20, window = "10s", open = "5s", probes = 1)]
    #[concurrency(10, at = client)]
    #[fallback(nothing)]
    async fn hystrix_with_fallback(&self) -> Result<u32, Status>;

    #[breaker(
        failures = 6,
        on(
            cancelled,
            unknown,
            invalid_argument,
            deadline_exceeded,
            not_found,
            already_exists,
            permission_denied,
            resource_exhausted,
            failed_precondition,
            aborted,
            out_of_range,
            unimplemented,
            internal,
            unavailable,
            data_loss,
            unauthenticated
        )
    )]
    async fn any_error(&self) -> Result<u32, Status>;

    async fn plain(&self) -> Result<u32, Status>;
}

async fn nothing(
    _: &Context,
    _: go_kit::HystrixWithFallbackRequest,
    _: Status,
) -> Result<u32, Status> {
    Ok(0)
}

const HANGS: u8 = u8::MAX;

/// A peer that answers with a code, or hangs.
#[derive(Clone, Default)]
struct Peer {
    answer: Arc<AtomicU8>,
    calls: Arc<AtomicU32>,
}

impl Peer {
    fn answers(&self, code: Code) {
        self.answer.store(code as u8, Ordering::Relaxed);
    }

    fn hangs(&self) {
        self.answer.store(HANGS, Ordering::Relaxed);
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl<M: Method<Response = u32, Error = Status>> Endpoint<M> for Peer {
    async fn call(&self, _: &Context, _: M::Request) -> Outcome<M> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match self.answer.load(Ordering::Relaxed) {
            HANGS => pending().await,
            0 => Ok(1),
            code => Err(Status::new(Code::from_number(code.into()), "its own")),
        }
    }
}

type Client = GoKitClient<Peer>;

fn client() -> (Peer, Client) {
    let peer = Peer::default();
    (peer.clone(), GoKitClient::new(peer))
}

/// The sequence of Go kit's own tests of its breakers: successful calls, then
/// failures that reach the caller unchanged, then ten refused calls.
async fn opens_after(
    call: impl AsyncFn(&Client) -> Result<u32, Status>,
    primed_with: u32,
    failures: u32,
) {
    let (peer, client) = client();
    for _ in 0..primed_with {
        assert_eq!(call(&client).await.ok(), Some(1));
    }
    peer.answers(Code::Unavailable);
    for failure in 0..failures {
        let error = call(&client).await.expect_err("the peer fails");
        assert_eq!(error.message(), "its own", "failure {failure}");
    }
    for _ in 0..10 {
        assert_eq!(refused(call(&client).await), Some(RefusalReason::Open));
    }
    assert_eq!(peer.calls(), primed_with + failures);
}

/// The reason of a refusal by a policy, if the call was refused.
fn refused(outcome: Result<u32, Status>) -> Option<RefusalReason> {
    let error = outcome.expect_err("a failure");
    error.refusal().map(|refusal| refusal.reason())
}

/// Ten concurrent calls.
async fn ten(client: &Arc<Client>) -> Vec<Result<u32, Code>> {
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let client = Arc::clone(client);
        calls.spawn(async move { client.hystrix().await.map_err(|status| status.code()) });
    }
    calls.join_all().await
}

/// Ten calls in flight at a hanging peer.
async fn ten_inside(peer: &Peer, client: &Arc<Client>) -> JoinHandle<Vec<Result<u32, Code>>> {
    let client = Arc::clone(client);
    let inside = tokio::spawn(async move { ten(&client).await });
    while peer.calls() < 10 {
        tokio::task::yield_now().await;
    }
    inside
}

#[tokio::test(start_paused = true)]
async fn gobreaker_lets_six_failures_through_after_a_hundred_calls() {
    opens_after(async |client| client.gobreaker().await, 100, 6).await;
}

#[tokio::test(start_paused = true)]
async fn handy_lets_failures_through_up_to_the_one_above_its_ratio() {
    // 5 of 105 are 4.8 percent, 6 of 106 are 5.7.
    opens_after(async |client| client.handy().await, 100, 6).await;
}

#[tokio::test(start_paused = true)]
async fn hystrix_go_lets_failures_through_up_to_half_of_all() {
    // 19 of 39 are 48.7 percent, 20 of 40 are 50.
    opens_after(async |client| client.hystrix().await, 20, 20).await;
}

#[tokio::test(start_paused = true)]
async fn hystrix_go_ends_a_call_after_a_second() {
    let (peer, client) = client();
    peer.hangs();
    let start = Instant::now();
    let error = client.hystrix().await.expect_err("no answer");
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert_eq!(error.refusal(), None, "it was made");
}

#[tokio::test(start_paused = true)]
async fn hystrix_go_counts_a_timeout_as_a_failure() {
    let (peer, client) = client();
    let client = Arc::new(client);
    peer.hangs();
    for _ in 0..2 {
        assert_eq!(ten(&client).await, vec![Err(Code::DeadlineExceeded); 10]);
    }
    peer.answers(Code::Ok);
    let open = client.hystrix().await;
    assert_eq!(refused(open), Some(RefusalReason::Open));
    assert_eq!(peer.calls(), 20);

    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(client.hystrix().await.ok(), Some(1), "its one test");
    assert_eq!(ten(&client).await, vec![Ok(1); 10], "it is closed");
}

#[tokio::test(start_paused = true)]
async fn hystrix_go_releases_the_permit_at_the_timeout() {
    let (peer, client) = client();
    let client = Arc::new(client);
    peer.hangs();
    let inside = ten_inside(&peer, &client).await;
    let start = Instant::now();
    let eleventh = client.hystrix().await;
    assert_eq!(refused(eleventh), Some(RefusalReason::QueueFull));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(
        inside.await.expect("no panic"),
        vec![Err(Code::DeadlineExceeded); 10]
    );
    peer.answers(Code::Ok);
    assert_eq!(ten(&client).await, vec![Ok(1); 10]);
}

/// hystrix-go counts its concurrency rejections as errors, so that a burst
/// opens the circuit of a healthy peer.
#[tokio::test(start_paused = true)]
async fn unlike_hystrix_go_a_concurrency_refusal_is_not_a_failure() {
    let (peer, client) = client();
    let client = Arc::new(client);
    peer.hangs();
    let inside = ten_inside(&peer, &client).await;
    for _ in 0..100 {
        let refused = refused(client.hystrix().await);
        assert_eq!(refused, Some(RefusalReason::QueueFull));
    }
    inside.abort();
    assert!(inside.await.is_err());
    peer.answers(Code::Ok);
    assert_eq!(ten(&client).await, vec![Ok(1); 10]);
}

/// "hystrix: timeout", "max concurrency" and "circuit open" all go to the
/// fallback, as do the peer's own errors.
#[tokio::test(start_paused = true)]
async fn hystrix_go_falls_back_on_every_failure() {
    let (peer, client) = client();
    let client = Arc::new(client);
    assert_eq!(client.hystrix_with_fallback().await.ok(), Some(1));
    peer.hangs();
    let mut inside = JoinSet::new();
    for _ in 0..10 {
        let client = Arc::clone(&client);
        inside.spawn(async move { client.hystrix_with_fallback().await.ok() });
    }
    while peer.calls() < 11 {
        tokio::task::yield_now().await;
    }
    let full = client.hystrix_with_fallback().await;
    assert_eq!((full.ok(), peer.calls()), (Some(0), 11));
    assert_eq!(inside.join_all().await, vec![Some(0); 10], "timeouts");
    peer.answers(Code::Unavailable);
    for _ in 0..9 {
        let failed = client.hystrix_with_fallback().await;
        assert_eq!(failed.ok(), Some(0));
    }
    assert_eq!(peer.calls(), 20);
    let open = client.hystrix_with_fallback().await;
    assert_eq!((open.ok(), peer.calls()), (Some(0), 20));
}

#[tokio::test(start_paused = true)]
async fn go_kit_counts_every_error_if_configured() {
    for code in Code::ALL {
        if code == Code::Ok {
            continue;
        }
        let (peer, client) = client();
        peer.answers(code);
        for _ in 0..6 {
            let error = client.any_error().await.expect_err("the peer fails");
            assert_eq!(error.message(), "its own", "{code:?}");
        }
        let open = client.any_error().await;
        assert_eq!(refused(open), Some(RefusalReason::Open), "{code:?}");
    }
}

/// A business error is a success for a breaker: Go kit puts it into a
/// successful response.
#[tokio::test(start_paused = true)]
async fn go_kit_does_not_count_a_business_error() {
    let (peer, client) = client();
    peer.answers(Code::NotFound);
    for _ in 0..100 {
        let error = client.gobreaker().await.expect_err("no such thing");
        assert_eq!(error.message(), "its own");
    }
}

/// hystrix-go's circuits are global to the process and shared by name. Here a
/// circuit is a value, shared by reference.
#[tokio::test(start_paused = true)]
async fn hystrix_go_shares_one_circuit_per_name() {
    let circuit = Arc::new(Breaker::new(BreakerConfig::consecutive(2)).named("fetch-routes"));
    let (down, up) = (Peer::default(), Peer::default());
    down.answers(Code::Unavailable);
    let one = GoKitClient::new(down).layer(Arc::clone(&circuit));
    let other = GoKitClient::new(up.clone()).layer(circuit);
    for _ in 0..2 {
        assert!(one.plain().await.is_err());
    }
    let error = other.plain().await.expect_err("a circuit that is open");
    let policy = error.refusal().map(|refusal| refusal.policy());
    assert_eq!(policy, Some(PolicyKind::Breaker));
    assert_eq!(up.calls(), 0);
}
