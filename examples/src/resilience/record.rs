//! Collects events until they are taken as a sample.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::policy::breaker::BreakerState;

use super::sample::{Counts, End, Sample};
use super::schedule::Schedule;

/// A change of a policy's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The policy.
    pub policy: String,
    /// The previous state.
    pub from: String,
    /// The new state.
    pub to: String,
    /// The reason, if the event has one.
    pub cause: String,
}

/// The events since the last sample. One lock is enough for a few hundred calls
/// per second.
#[derive(Debug)]
pub struct Recorder(Mutex<Interval>);

#[derive(Debug, Default)]
struct Interval {
    began: Duration,
    counts: Counts,
    latencies: Vec<Duration>,
    changes: Vec<Change>,
    breaker: Option<BreakerState>,
    /// The upstream's count of tries at the last sample.
    tries: u64,
}

impl Recorder {
    /// An empty recorder; the breaker, if there is one, is closed.
    pub fn new(has_breaker: bool) -> Self {
        Self(Mutex::new(Interval {
            breaker: has_breaker.then_some(BreakerState::Closed),
            ..Interval::default()
        }))
    }

    /// Records the end of a call.
    pub fn ended(&self, end: End, latency: Duration) {
        let mut interval = self.interval();
        interval.counts.add(end);
        // Refusals, with or without a fallback, take no time and would distort
        // the latencies of calls.
        if !matches!(end, End::Refused(_) | End::StandIn) {
            interval.latencies.push(latency);
        }
    }

    /// Records a call that was not made.
    pub fn unsent(&self) {
        self.interval().counts.unsent += 1;
    }

    /// Records a retry.
    pub fn retried(&self) {
        self.interval().counts.retries += 1;
    }

    /// Records a hedge.
    pub fn hedged(&self) {
        self.interval().counts.hedges += 1;
    }

    /// Records a state change of a policy.
    pub fn changed(&self, change: Change) {
        let mut interval = self.interval();
        if change.policy == "breaker" {
            let named = |state: &BreakerState| state.name() == change.to;
            interval.breaker = BreakerState::ALL.into_iter().find(named);
        }
        interval.changes.push(change);
    }

    /// Ends the interval at `now` since the start, with the upstream's total of
    /// `tries`, and begins the next.
    pub fn sample(&self, now: Duration, schedule: &Schedule, tries: u64) -> (Sample, Vec<Change>) {
        let mut interval = self.interval();
        let next = Interval {
            began: now,
            breaker: interval.breaker,
            tries,
            ..Interval::default()
        };
        let mut ended = std::mem::replace(&mut *interval, next);
        ended.latencies.sort_unstable();
        ended.counts.tries = tries.saturating_sub(ended.tries);
        let length = now.saturating_sub(ended.began);
        let sample = Sample {
            at: now,
            length: length.max(Duration::from_millis(1)),
            trouble: schedule.at(ended.began + length / 2).trouble,
            breaker: ended.breaker,
            counts: ended.counts,
            latencies: ended.latencies,
        };
        (sample, ended.changes)
    }

    fn interval(&self) -> MutexGuard<'_, Interval> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kit::policy::PolicyKind;

    use super::*;
    use crate::resilience::schedule::Trouble;

    #[test]
    fn a_sample_covers_the_time_since_the_last() {
        let schedule: Schedule = "slow:1s,healthy:1s".parse().expect("a schedule");
        let recorder = Recorder::new(true);
        recorder.ended(End::Good, Duration::from_millis(20));
        recorder.ended(End::Good, Duration::from_millis(10));
        recorder.ended(End::Refused(PolicyKind::Breaker), Duration::ZERO);
        let change = Change {
            policy: "breaker".to_owned(),
            from: "closed".to_owned(),
            to: "open".to_owned(),
            cause: "failure_ratio".to_owned(),
        };
        recorder.changed(change.clone());
        let (sample, changes) = recorder.sample(Duration::from_secs(1), &schedule, 3);
        assert_eq!(changes, [change]);
        assert_eq!(sample.breaker, Some(BreakerState::Open));
        assert_eq!(sample.trouble, Trouble::Slow);
        assert_eq!((sample.counts.calls(), sample.counts.tries), (3, 3));
        assert_eq!(sample.latencies, [10, 20].map(Duration::from_millis));

        let (sample, changes) = recorder.sample(Duration::from_secs(2), &schedule, 7);
        assert_eq!(changes, []);
        assert_eq!(sample.breaker, Some(BreakerState::Open));
        assert_eq!(sample.trouble, Trouble::Healthy);
        assert_eq!((sample.counts.calls(), sample.counts.tries), (0, 4));
    }
}
