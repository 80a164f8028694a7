//! The refusal of a call by a policy.
//!
//! A refusal names the policy, the reason and, if it is known, when to retry. It
//! is created on the hot path of an overload, so it is a small value that becomes
//! a [`Status`](crate::Status) only when one is needed.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;

use crate::model::code::Code;

/// A kind of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PolicyKind {
    /// Limits the duration of a call.
    Timeout,
    /// Retries failed calls.
    Retry,
    /// Sends a second request when the first is slow.
    Hedge,
    /// Stops calls to a failing peer.
    Breaker,
    /// Reduces calls to a failing peer to what it accepts.
    Throttle,
    /// Limits the rate of calls.
    RateLimit,
    /// Limits concurrent calls.
    Concurrency,
    /// Refuses calls while the processors are busy.
    Shed,
    /// Serves equal calls from memory.
    Cache,
    /// Replaces a failure with a substitute response.
    Fallback,
}

impl PolicyKind {
    /// Every kind, in the order of their indexes.
    const ALL: [Self; 10] = [
        Self::Timeout,
        Self::Retry,
        Self::Hedge,
        Self::Breaker,
        Self::Throttle,
        Self::RateLimit,
        Self::Concurrency,
        Self::Shed,
        Self::Cache,
        Self::Fallback,
    ];

    /// The name of its attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Retry => "retry",
            Self::Hedge => "hedge",
            Self::Breaker => "breaker",
            Self::Throttle => "throttle",
            Self::RateLimit => "rate_limit",
            Self::Concurrency => "concurrency",
            Self::Shed => "shed",
            Self::Cache => "cache",
            Self::Fallback => "fallback",
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The breaker is open.
    Open,
    /// The breaker is half open, and its probes are in flight.
    HalfOpen,
    /// The breaker was opened by hand.
    ForcedOpen,
    /// The throttle refuses calls to a peer that refuses calls.
    Throttled,
    /// The rate limit is used up.
    RateExceeded,
    /// The concurrency limit is reached, and its queue is full.
    QueueFull,
    /// The call waited in the queue for the longest time allowed.
    WaitedTooLong,
    /// The processors are busy.
    Overloaded,
    /// The rate limit is shared, and no store for it is configured.
    StoreMissing,
}

impl RefusalReason {
    /// Every reason, in the order of their indexes.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::HalfOpen,
        Self::ForcedOpen,
        Self::Throttled,
        Self::RateExceeded,
        Self::QueueFull,
        Self::WaitedTooLong,
        Self::Overloaded,
        Self::StoreMissing,
    ];

    /// The name in snake case: the label `reason` in metrics, the field `state`
    /// of a status.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::ForcedOpen => "forced_open",
            Self::Throttled => "throttled",
            Self::RateExceeded => "rate_exceeded",
            Self::QueueFull => "queue_full",
            Self::WaitedTooLong => "waited_too_long",
            Self::Overloaded => "overloaded",
            Self::StoreMissing => "store_missing",
        }
    }

    /// The policy that has this reason.
    pub const fn policy(self) -> PolicyKind {
        match self {
            Self::Open | Self::HalfOpen | Self::ForcedOpen => PolicyKind::Breaker,
            Self::Throttled => PolicyKind::Throttle,
            Self::RateExceeded | Self::StoreMissing => PolicyKind::RateLimit,
            Self::QueueFull | Self::WaitedTooLong => PolicyKind::Concurrency,
            Self::Overloaded => PolicyKind::Shed,
        }
    }

    /// The message of the status.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Open => "the breaker is open",
            Self::HalfOpen => "the breaker is half open and its probes are in flight",
            Self::ForcedOpen => "the breaker was opened by hand",
            Self::Throttled => "the throttle drops calls because the peer refuses them",
            Self::RateExceeded => "the rate limit is used up",
            Self::QueueFull => "the concurrency limit is reached and its queue is full",
            Self::WaitedTooLong => "the wait for a free place was too long",
            Self::Overloaded => "the server is overloaded",
            Self::StoreMissing => {
                "the rate limit is shared, and neither `rate_limit_store` nor a configuration gave \
                 the store to count it in"
            }
        }
    }
}

/// The refusal of a call by a policy: which policy, why, and when to retry.
///
/// ```
/// use std::time::Duration;
/// use kit::{Code, Status};
/// use kit::policy::{PolicyKind, Refusal, RefusalReason};
///
/// let refusal = Refusal::new(PolicyKind::Breaker, RefusalReason::Open)
///     .with_retry_after(Duration::from_secs(4));
/// let status = Status::from(refusal);
/// assert_eq!(status.code(), Code::Unavailable);
/// assert_eq!(status.retry_after(), Some(Duration::from_secs(4)));
/// assert_eq!(status.refusal(), Some(&refusal));
/// assert_eq!(status.message(), "the breaker is open");
/// ```
///
/// # When to retry
///
/// A refusal has a retry delay only if it is known. Callers that are all given
/// the same guess would retry together, too late or too early; a caller without
/// a delay uses its own backoff.
///
/// | reason | when |
/// |---|---|
/// | `open` | when the breaker lets probes through |
/// | `half_open` | unknown: when the probes have succeeded, or after a random wait if one fails |
/// | `forced_open` | unknown: until it is closed by hand |
/// | `throttled` | unknown: each call is drawn at random, so the next may pass |
/// | `rate_exceeded` | when the limit has room for the caller's next call |
/// | `queue_full`, `waited_too_long` | unknown: when a call in flight ends |
/// | `overloaded` | when shedding ends, unless the processors are still busy |
/// | `store_missing` | unknown: when the program is fixed |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    policy: PolicyKind,
    reason: RefusalReason,
    retry_after: Option<Duration>,
    quota: Option<Quota>,
}

/// The state of a rate limit, in the terms of the IETF's draft of the `RateLimit`
/// header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The number of calls per window.
    pub limit: u64,
    /// The length of a window.
    pub window: Duration,
    /// The number of calls that are left now.
    pub remaining: u64,
    /// The time until more calls are available.
    pub reset: Duration,
}

impl Refusal {
    /// A refusal without a retry delay.
    pub const fn new(policy: PolicyKind, reason: RefusalReason) -> Self {
        Self {
            policy,
            reason,
            retry_after: None,
            quota: None,
        }
    }

    /// Sets the retry delay: the time after which a call may pass.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Sets the state of the rate limit that is used up.
    #[must_use]
    pub const fn with_quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// The policy that refused the call.
    pub const fn policy(&self) -> PolicyKind {
        self.policy
    }

    /// The reason.
    pub const fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// The retry delay, if it is known: for `open`, `rate_exceeded` and
    /// `overloaded`. It is never a guess.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The state of the rate limit that is used up, for a refusal by one.
    pub const fn quota(&self) -> Option<Quota> {
        self.quota
    }

    /// The fields of its status. They are created once per process, as an overload
    /// has as many refusals as calls.
    pub(crate) fn fields(&self) -> [(&str, &Value); 2] {
        static POLICIES: LazyLock<[Value; 10]> =
            LazyLock::new(|| PolicyKind::ALL.map(|policy| policy.name().into()));
        static STATES: LazyLock<[Value; 9]> =
            LazyLock::new(|| RefusalReason::ALL.map(|reason| reason.name().into()));
        [
            ("policy", &POLICIES[self.policy as usize]),
            ("state", &STATES[self.reason as usize]),
        ]
    }

    /// The code of its status: a rate limit is about the caller
    /// (`resource_exhausted`, HTTP 429), a missing store is a bug of the program
    /// (`internal`, HTTP 500), everything else is about the service
    /// (`unavailable`, HTTP 503).
    pub const fn code(&self) -> Code {
        match (self.policy, self.reason) {
            (_, RefusalReason::StoreMissing) => Code::Internal,
            (PolicyKind::RateLimit, _) => Code::ResourceExhausted,
            _ => Code::Unavailable,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.text())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::status::Status;

    #[test]
    fn fields_name_the_policy_and_its_state() {
        for policy in PolicyKind::ALL {
            for reason in RefusalReason::ALL {
                let status = Status::from(Refusal::new(policy, reason)).with_field("shard", 3);
                let fields: Vec<_> = status.fields().collect();
                let (policy, state) = (policy.name().into(), reason.name().into());
                let own = ("shard", &Value::from(3));
                assert_eq!(fields, [("policy", &policy), ("state", &state), own]);
            }
        }
    }
}
