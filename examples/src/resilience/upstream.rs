//! The contract between client and upstream, and the flaky service.
//!
//! A call occupies one of a few slots while it is processed, and waits if all
//! are taken. So faults spread: a service that is slow, or gets many retries,
//! has no slot left for the calls that would be fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kit::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until};

use super::schedule::{Schedule, Trouble};

/// A service with faults.
#[kit::service(name = "examples.Upstream")]
#[transport(http, grpc)]
pub trait Upstream {
    /// Returns an item.
    #[endpoint(post = "/fetch", idempotent)]
    #[timeout("400ms", at = client)]
    #[retry(attempts = 3, backoff = "10ms..100ms")]
    #[breaker(
        ratio = 0.7,
        min_calls = 20,
        window = "2s",
        open = "1s..4s",
        probes = 3
    )]
    #[concurrency(32)]
    #[cache(ttl = "1s", coalesce)]
    #[fallback(stand_in)]
    async fn fetch(&self, item: u64) -> Result<Answer, Status>;
}

/// A response of the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, kit::Message)]
pub struct Answer {
    /// The item.
    pub item: u64,
    /// Whether it is the client's fallback, and not a response of the upstream.
    pub stand_in: bool,
}

/// The fallback: a substitute for a failure.
async fn stand_in(
    _: &Context,
    request: upstream::FetchRequest,
    _: Status,
) -> Result<Answer, Status> {
    Ok(Answer {
        item: request.item,
        stand_in: true,
    })
}

/// The number of calls processed at once: 160 slow ones per second.
const SLOTS: usize = 32;

/// The share of the calls that a failing upstream fails.
const FAILING_SHARE: f64 = 0.12;

/// An upstream that follows a schedule of faults.
#[derive(Clone, Debug)]
pub struct Flaky(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    schedule: Schedule,
    start: Instant,
    slots: Semaphore,
    tries: AtomicU64,
}

impl Flaky {
    /// An upstream whose schedule begins at `start`.
    pub fn new(schedule: Schedule, start: Instant) -> Self {
        Self(Arc::new(Inner {
            schedule,
            start,
            slots: Semaphore::new(SLOTS),
            tries: AtomicU64::new(0),
        }))
    }

    /// The number of processed requests, with retries and hedges, without those
    /// that the server's policies refused.
    pub fn tries(&self) -> u64 {
        self.0.tries.load(Ordering::Relaxed)
    }
}

#[kit::service]
impl Upstream for Flaky {
    async fn fetch(&self, item: u64) -> Result<Answer, Status> {
        let Inner {
            schedule,
            start,
            slots,
            tries,
        } = &*self.0;
        tries.fetch_add(1, Ordering::Relaxed);
        let slot = slots.acquire().await;
        let _slot = slot.map_err(|_| Status::unavailable("the upstream is closed"))?;
        let phase = schedule.at(start.elapsed());
        match phase.trouble {
            Trouble::Healthy => sleep(about(Duration::from_millis(12))).await,
            Trouble::Slow => sleep(about(Duration::from_millis(200))).await,
            Trouble::Failing => {
                sleep(about(Duration::from_millis(5))).await;
                if fastrand::f64() < FAILING_SHARE {
                    return Err(Status::unavailable("the upstream fails"));
                }
            }
            Trouble::Hanging => sleep_until(*start + phase.ends).await,
        }
        Ok(Answer {
            item,
            stand_in: false,
        })
    }
}

/// At least half of `mean`, with an exponential tail, as service times have.
fn about(mean: Duration) -> Duration {
    mean.mul_f64(0.5 - 0.5 * (1.0 - fastrand::f64()).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaky(schedule: &str) -> Flaky {
        Flaky::new(schedule.parse().expect("a schedule"), Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_upstream_answers_after_its_phase() {
        let flaky = flaky("hanging:5s,healthy:5s");
        let began = Instant::now();
        let answer = flaky.fetch(7).await.ok();
        assert_eq!(answer.map(|answer| answer.item), Some(7));
        assert_eq!(began.elapsed(), Duration::from_secs(5));
        assert_eq!(flaky.tries(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_upstream_fails_its_share_of_calls() {
        fastrand::seed(1);
        let flaky = flaky("failing:3600s");
        let mut failed = 0;
        for item in 0..1_000 {
            failed += u32::from(flaky.fetch(item).await.is_err());
        }
        assert!((80..160).contains(&failed), "{failed} of 1000");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_a_free_slot() {
        let flaky = flaky("hanging:5s,hanging:5s");
        let call = |item| {
            let flaky = flaky.clone();
            tokio::spawn(async move { flaky.fetch(item).await })
        };
        let calls: Vec<_> = (0..=SLOTS as u64).map(call).collect();
        let began = Instant::now();
        for call in calls {
            assert!(call.await.expect("it ran").is_ok());
        }
        // The call over the limit began when the others had ended.
        assert_eq!(began.elapsed(), Duration::from_secs(10));
    }
}
