//! Load as an open loop: a fixed rate, independent of the responses.
//!
//! A client that waits for a response before its next call slows down with its
//! upstream, which hides overload. Independent callers do not wait for each
//! other.

use std::sync::Arc;
use std::time::Duration;

use kit::policy::{PolicyKind, RefusalReason};
use kit::prelude::*;
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::record::Recorder;
use super::sample::End;
use super::upstream::{Answer, Upstream};

/// The limit on calls in flight; more are not made. Only a client without a
/// timeout reaches it.
const IN_FLIGHT_MAX: usize = 2_000;

/// The number of different items: each is fetched a few times per second.
const ITEMS: u64 = 100;

/// A later response counts as late.
const PATIENCE: Duration = Duration::from_millis(500);

/// Makes `rate` calls in each second, for as long as it is polled.
pub async fn run(
    client: impl Upstream + Clone + Send + Sync + 'static,
    rate: u32,
    recorder: Arc<Recorder>,
) {
    let places = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let mut ticks = interval(Duration::from_secs(1) / rate.max(1));
    // Late ticks are made up for, or the rate would drop on a busy machine.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        ticks.tick().await;
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            recorder.unsent();
            continue;
        };
        let (client, recorder) = (client.clone(), Arc::clone(&recorder));
        let item = fastrand::u64(..ITEMS);
        tokio::spawn(async move {
            let began = Instant::now();
            let outcome = client.fetch(item).await;
            let latency = began.elapsed();
            recorder.ended(end(&outcome, latency), latency);
            drop(place);
        });
    }
}

fn end(outcome: &Result<Answer, Status>, latency: Duration) -> End {
    match outcome {
        Ok(_) if latency > PATIENCE => End::Late,
        Ok(Answer { stand_in: true, .. }) => End::StandIn,
        Ok(_) => End::Good,
        Err(status) => match refused_by(status) {
            Some(policy) => End::Refused(policy),
            None if status.code() == Code::DeadlineExceeded => End::Late,
            None => End::Failed,
        },
    }
}

/// The policy that refused the call: a client's refusal names it, an upstream's
/// carries its name in a field.
fn refused_by(status: &Status) -> Option<PolicyKind> {
    if let Some(refusal) = status.refusal() {
        return Some(refusal.policy());
    }
    let mut reasons = RefusalReason::ALL.into_iter();
    let reason = reasons.find(|reason| {
        let state = status.field("state");
        state.is_some_and(|state| state == reason.name())
    })?;
    Some(reason.policy())
}

#[cfg(test)]
mod tests {
    use kit::policy::Refusal;

    use super::*;
    use crate::resilience::options::options;
    use crate::resilience::sample::Counts;
    use crate::resilience::upstream::{Flaky, UpstreamClient};

    /// The counts of ten seconds of a run with a command line, without a socket
    /// and in paused time.
    async fn ten_seconds_of(line: &[&str]) -> Counts {
        fastrand::seed(1);
        let options = options(line);
        let start = Instant::now();
        let recorder = Arc::new(Recorder::new(true));
        let config = options.policies.config().expect("policies");
        let client = UpstreamClient::local(Flaky::new(options.schedule.clone(), start));
        let client = client.configure(&config).expect("policies");
        let load = run(client, options.rate, Arc::clone(&recorder));
        let length = Duration::from_millis(9_999);
        assert!(tokio::time::timeout(length, load).await.is_err());
        recorder
            .sample(start.elapsed(), &options.schedule, 0)
            .0
            .counts
    }

    #[tokio::test(start_paused = true)]
    async fn a_healthy_upstream_answers_all_calls() {
        let counts = ten_seconds_of(&["--schedule", "healthy:600s", "--rate", "10"]).await;
        // The last one may be in flight.
        assert!(
            counts.good >= 99 && counts.good == counts.calls(),
            "{counts:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn retries_hide_a_failing_upstream() {
        let failing = ["--schedule", "failing:600s", "--none", "--retry"];
        let retried = ten_seconds_of(&failing).await;
        let plain = ten_seconds_of(&failing[..3]).await;
        assert!((160..320).contains(&plain.failed), "{plain:?}");
        assert!(retried.failed < 40, "{retried:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_breaker_refuses_most_calls_to_a_hanging_upstream() {
        let counts = ten_seconds_of(&["--schedule", "hanging:600s", "--rate", "100"]).await;
        assert_eq!(counts.good, 0, "{counts:?}");
        assert!(counts.breaker > 800, "{counts:?}");
        assert!(counts.late >= 20, "{counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_fallback_replaces_a_hanging_upstream() {
        let counts = ten_seconds_of(&["--schedule", "hanging:600s", "--fallback"]).await;
        assert!(counts.stand_ins > 1_800, "{counts:?}");
        // The breaker's probes time out, and leave no time for a fallback.
        assert_eq!(counts.stand_ins + counts.late, counts.calls(), "{counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_after_the_patience_is_late() {
        let counts = ten_seconds_of(&["--schedule", "hanging:2s,healthy:8s", "--none"]).await;
        // The calls of the first 1.5 seconds, and a few queued behind them.
        assert!((300..=340).contains(&counts.late), "{counts:?}");
        assert_eq!(counts.late + counts.good, counts.calls(), "{counts:?}");
    }

    #[test]
    fn refusals_of_both_sides_are_attributed() {
        let refusal = Refusal::new(PolicyKind::Concurrency, RefusalReason::QueueFull);
        let here = Status::from(refusal);
        let there = Status::unavailable("busy").with_field("state", "queue_full");
        for status in [here, there] {
            assert_eq!(refused_by(&status), Some(PolicyKind::Concurrency));
        }
        assert_eq!(refused_by(&Status::unavailable("down")), None);
    }
}
