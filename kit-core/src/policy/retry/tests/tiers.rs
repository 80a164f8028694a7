//! Retries on several tiers.

use super::*;

/// One tier of a chain: a service that calls the next with retries.
struct Tier<E> {
    retry: Retry,
    calls: Arc<AtomicU32>,
    next: E,
}

impl<E: Endpoint<Echo>> Endpoint<Echo> for Tier<E> {
    async fn call(&self, cx: &Context, request: u32) -> Result<u32, Status> {
        // The context of a transport: what was sent is what arrives.
        let cx = cx.for_local_call();
        self.calls.fetch_add(1, Ordering::Relaxed);
        Chain::new(&self.retry, &self.next).call(&cx, request).await
    }
}

/// How often each of three tiers, and the peer below, is called for one call
/// from outside, while the peer is down.
async fn amplification(config: RetryConfig) -> [u32; 4] {
    let counts: [Arc<AtomicU32>; 3] = Default::default();
    let bottom = Arc::new(Flaky::default());
    let tier = |number: usize| (Retry::new(config), Arc::clone(&counts[number]));
    let next = bottom.endpoint(u32::MAX, Status::unavailable("down"));
    let (retry, calls) = tier(2);
    let third = Tier { retry, calls, next };
    let (retry, calls) = tier(1);
    let second = Tier {
        retry,
        calls,
        next: third,
    };
    let (retry, calls) = tier(0);
    let first = Tier {
        retry,
        calls,
        next: second,
    };
    let outcome = first.call(&Context::new(), 7).await;
    assert_eq!(
        outcome.map_err(|status| status.code()),
        Err(Code::Unavailable)
    );
    let count = |at: usize| counts[at].load(Ordering::Relaxed);
    [count(0), count(1), count(2), bottom.calls()]
}

#[tokio::test(start_paused = true)]
async fn retries_on_three_tiers_multiply_without_chain_stop() {
    let config = RetryConfig::new().budget(2.0).chain_stop(false);
    assert_eq!(amplification(config).await, [1, 3, 9, 27]);
}

#[tokio::test(start_paused = true)]
async fn retries_on_three_tiers_add_up_with_chain_stop() {
    let config = RetryConfig::new().budget(2.0);
    assert_eq!(amplification(config).await, [1, 3, 5, 7]);
}
