//! The contract between the two, and the service that is in trouble.
//!
//! A call takes one of a few places for as long as it is worked on, and waits
//! for one where all are taken. That is what makes trouble spread: a service
//! that is slow, or is asked the same things again and again, has no place
//! left for the calls that would be quick.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kit::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until};

use super::schedule::{Schedule, Trouble};

/// Answers, at times.
#[kit::service(name = "examples.Upstream")]
#[transport(http, grpc)]
pub trait Upstream {
    /// Says what there is of an item.
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

/// What there is of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, kit::Message)]
pub struct Answer {
    /// The item.
    pub item: u64,
    /// Whether the client says so itself, as the upstream could not.
    pub stand_in: bool,
}

/// A poor answer in place of none.
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

/// How many calls are worked on at once: slow ones, 160 in a second.
const PLACES: usize = 32;

/// The part of the calls that a failing upstream fails.
const FAILING_SHARE: f64 = 0.12;

/// An upstream that is in trouble by a schedule.
#[derive(Clone, Debug)]
pub struct Flaky(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    schedule: Schedule,
    start: Instant,
    places: Semaphore,
    tries: AtomicU64,
}

impl Flaky {
    /// An upstream whose schedule began at `start`.
    pub fn new(schedule: Schedule, start: Instant) -> Self {
        Self(Arc::new(Inner {
            schedule,
            start,
            places: Semaphore::new(PLACES),
            tries: AtomicU64::new(0),
        }))
    }

    /// How many calls have come in, those that a client made again among them
    /// and those that the server's policies refused not.
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
            places,
            tries,
        } = &*self.0;
        tries.fetch_add(1, Ordering::Relaxed);
        let place = places.acquire().await;
        let _place = place.map_err(|_| Status::unavailable("the upstream is closed"))?;
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

/// Half of `mean` at least, and rarely much more than it: an exponential tail,
/// as service times have.
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
        let calls: Vec<_> = (0..=PLACES as u64).map(call).collect();
        let began = Instant::now();
        for call in calls {
            assert!(call.await.expect("it ran").is_ok());
        }
        // The one too many began when the others were done.
        assert_eq!(began.elapsed(), Duration::from_secs(10));
    }
}
