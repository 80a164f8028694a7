//! The counts and latencies of an interval.

use std::time::Duration;

use kit::policy::PolicyKind;
use kit::policy::breaker::BreakerState;

use super::schedule::Trouble;

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A response in time.
    Good,
    /// A failure of the upstream.
    Failed,
    /// A timeout, or a response after the patience of the caller.
    Late,
    /// A refusal by a policy of the client or the upstream, possibly after
    /// attempts.
    Refused(PolicyKind),
    /// The response of a fallback.
    StandIn,
}

/// Counts of calls by outcome, and of the retries and hedges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls with a response in time.
    pub good: u64,
    /// Calls that ended with a failure of the upstream.
    pub failed: u64,
    /// Calls that ended too late.
    pub late: u64,
    /// Calls with the response of a fallback.
    pub stand_ins: u64,
    /// Calls that the breaker refused.
    pub breaker: u64,
    /// Calls that the throttle dropped.
    pub throttle: u64,
    /// Calls over the rate limit.
    pub rate_limit: u64,
    /// Calls over the concurrency limit.
    pub concurrency: u64,
    /// Calls that were shed.
    pub shed: u64,
    /// Calls not made, as too many were in flight.
    pub unsent: u64,
    /// Requests at the upstream.
    pub tries: u64,
    /// Retries.
    pub retries: u64,
    /// Hedges.
    pub hedges: u64,
}

impl Counts {
    /// Counts one call.
    pub fn add(&mut self, end: End) {
        *match end {
            End::Good => &mut self.good,
            End::Failed => &mut self.failed,
            End::Late => &mut self.late,
            End::StandIn => &mut self.stand_ins,
            End::Refused(PolicyKind::Breaker) => &mut self.breaker,
            End::Refused(PolicyKind::Throttle) => &mut self.throttle,
            End::Refused(PolicyKind::RateLimit) => &mut self.rate_limit,
            End::Refused(PolicyKind::Concurrency) => &mut self.concurrency,
            // No other policy refuses.
            End::Refused(_) => &mut self.shed,
        } += 1;
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            good: self.good + other.good,
            failed: self.failed + other.failed,
            late: self.late + other.late,
            stand_ins: self.stand_ins + other.stand_ins,
            breaker: self.breaker + other.breaker,
            throttle: self.throttle + other.throttle,
            rate_limit: self.rate_limit + other.rate_limit,
            concurrency: self.concurrency + other.concurrency,
            shed: self.shed + other.shed,
            unsent: self.unsent + other.unsent,
            tries: self.tries + other.tries,
            retries: self.retries + other.retries,
            hedges: self.hedges + other.hedges,
        }
    }

    /// The calls that ended.
    pub fn calls(&self) -> u64 {
        self.good + self.failed + self.late + self.stand_ins + self.refused()
    }

    /// The calls that policies refused.
    pub fn refused(&self) -> u64 {
        self.refusals().map(|(_, count)| count).sum()
    }

    /// The refusals by policy, those that are not zero.
    pub fn refusals(&self) -> impl Iterator<Item = (PolicyKind, u64)> + use<> {
        let refusals = [
            (PolicyKind::Breaker, self.breaker),
            (PolicyKind::Throttle, self.throttle),
            (PolicyKind::RateLimit, self.rate_limit),
            (PolicyKind::Concurrency, self.concurrency),
            (PolicyKind::Shed, self.shed),
        ];
        refusals.into_iter().filter(|(_, count)| *count > 0)
    }
}

/// One interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its end, since the start.
    pub at: Duration,
    /// Its length; not zero.
    pub length: Duration,
    /// The fault of the upstream at its midpoint.
    pub trouble: Trouble,
    /// The breaker's state at its end; `None` without a breaker.
    pub breaker: Option<BreakerState>,
    /// The counts of the interval.
    pub counts: Counts,
    /// The latencies of calls that were not refused, in ascending order.
    pub latencies: Vec<Duration>,
}

impl Sample {
    /// A count as a rate per second.
    pub fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.length.as_secs_f64()
    }

    /// The latency at a percentile, from 0 to 1.
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        percentile(&self.latencies, share)
    }
}

/// The nearest-rank percentile, from 0 to 1, of sorted `latencies`; `None` if
/// there are none.
pub fn percentile(latencies: &[Duration], share: f64) -> Option<Duration> {
    let rank = (share * latencies.len() as f64).ceil() as usize;
    latencies.get(rank.max(1) - 1).copied()
}

/// A sample, for tests of the plots.
#[cfg(test)]
pub(super) fn sample(second: u64, trouble: Trouble, good: u64, open: u64) -> Sample {
    let state = match open {
        0 => BreakerState::Closed,
        _ => BreakerState::Open,
    };
    Sample {
        at: Duration::from_secs(second),
        length: Duration::from_secs(1),
        trouble,
        breaker: Some(state),
        counts: Counts {
            good,
            breaker: open,
            tries: good,
            ..Counts::default()
        },
        latencies: vec![Duration::from_millis(10); good as usize],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let latencies: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        let of = |share| percentile(&latencies, share).map(|latency| latency.as_millis());
        assert_eq!(of(0.5), Some(50));
        assert_eq!(of(0.99), Some(99));
        assert_eq!(of(1.0), Some(100));
        assert_eq!(of(0.0), Some(1));
        assert_eq!(percentile(&[], 0.5), None);
    }

    #[test]
    fn each_outcome_has_its_own_count() {
        let mut counts = Counts::default();
        for end in [
            End::Good,
            End::Good,
            End::Failed,
            End::Late,
            End::StandIn,
            End::Refused(PolicyKind::Breaker),
            End::Refused(PolicyKind::RateLimit),
            End::Refused(PolicyKind::Concurrency),
            End::Refused(PolicyKind::Shed),
        ] {
            counts.add(end);
        }
        assert_eq!((counts.good, counts.failed, counts.late), (2, 1, 1));
        assert_eq!(counts.stand_ins, 1);
        assert_eq!((counts.refused(), counts.calls()), (4, 9));
        let refusals: Vec<_> = counts.refusals().collect();
        assert_eq!(
            refusals,
            [
                (PolicyKind::Breaker, 1),
                (PolicyKind::RateLimit, 1),
                (PolicyKind::Concurrency, 1),
                (PolicyKind::Shed, 1)
            ]
        );
        assert_eq!(counts.plus(counts).calls(), 18);
    }
}
