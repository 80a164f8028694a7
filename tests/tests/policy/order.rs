//! The order of a client's chain.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use kit::prelude::*;
use tokio::time::Instant;

#[kit::service(name = "test.Ordered")]
#[transport(http)]
pub(crate) trait Ordered {
    #[fallback(seven)]
    #[throttle(k = 1.0, min_calls = 1)]
    async fn replaced(&self) -> Result<u32, Status>;

    #[fallback(later)]
    #[timeout("50ms")]
    async fn hangs(&self) -> Result<u32, Status>;

    #[endpoint(idempotent)]
    #[cache(ttl = "1h")]
    #[throttle(k = 1.0, min_calls = 1)]
    async fn remembered(&self, id: u32) -> Result<u32, Status>;

    #[endpoint(idempotent)]
    #[retry(attempts = 3, backoff = "1ms..2ms", budget = 1.0)]
    #[throttle(k = 1.0, min_calls = 1)]
    async fn retried(&self) -> Result<u32, Status>;
}

async fn seven(_: &Context, _: ordered::ReplacedRequest, _: Status) -> Result<u32, Status> {
    Ok(7)
}

async fn later(_: &Context, _: ordered::HangsRequest, error: Status) -> Result<u32, Status> {
    assert_eq!(error.code(), Code::DeadlineExceeded);
    Ok(8)
}

/// A peer that is available or unavailable.
#[derive(Clone, Default)]
struct Peer {
    up: Arc<AtomicBool>,
    calls: Arc<AtomicU32>,
}

impl Peer {
    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl<M: Method<Response = u32, Error = Status>> Endpoint<M> for Peer {
    async fn call(&self, _: &Context, _: M::Request) -> Outcome<M> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if M::META.name == "hangs" {
            return pending().await;
        }
        match self.up.load(Ordering::Relaxed) {
            true => Ok(call),
            false => Err(Status::unavailable("down")),
        }
    }
}

fn client() -> (Peer, OrderedClient<Peer>) {
    let peer = Peer::default();
    (peer.clone(), OrderedClient::new(peer))
}

/// Enough calls that a throttle drops most of them.
const MANY: u32 = 300;

#[tokio::test(start_paused = true)]
async fn a_fallback_replaces_a_throttled_call() {
    let (peer, client) = client();
    for _ in 0..MANY {
        assert_eq!(client.replaced().await.ok(), Some(7));
    }
    let sent = peer.calls();
    assert!(sent < MANY / 2, "{sent} of {MANY} were sent");
}

#[tokio::test(start_paused = true)]
async fn a_fallback_replaces_a_timeout() {
    let (_, client) = client();
    let began = Instant::now();
    assert_eq!(client.hangs().await.ok(), Some(8));
    assert_eq!(began.elapsed(), Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn a_cache_serves_while_a_throttle_drops() {
    let (peer, client) = client();
    peer.up.store(true, Ordering::Relaxed);
    assert_eq!(client.remembered(0).await.ok(), Some(1));
    peer.up.store(false, Ordering::Relaxed);
    for id in 1..MANY {
        assert!(client.remembered(id).await.is_err());
    }
    let sent = peer.calls();
    assert!(sent < MANY / 2, "{sent} of {MANY} were sent");
    for _ in 0..MANY {
        assert_eq!(client.remembered(0).await.ok(), Some(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cache_hit_is_not_an_accepted_call_for_a_throttle() {
    let (peer, client) = client();
    peer.up.store(true, Ordering::Relaxed);
    // If cache hits were counted, the throttle would pass as many failures.
    for _ in 0..100 * MANY {
        assert_eq!(client.remembered(0).await.ok(), Some(1));
    }
    peer.up.store(false, Ordering::Relaxed);
    for id in 1..MANY {
        assert!(client.remembered(id).await.is_err());
    }
    let sent = peer.calls();
    assert!(sent < MANY / 2, "{sent} of {MANY} were sent");
}

#[tokio::test(start_paused = true)]
async fn a_throttle_drops_calls_and_not_attempts() {
    let (peer, client) = client();
    assert!(client.retried().await.is_err());
    // The first call is always sent, with all of its attempts.
    assert_eq!(peer.calls(), 3);
}
