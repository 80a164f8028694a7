//! What a caller is told when a policy refuses its call.
//!
//! A refusal names the policy, says why in one word, and when to come back.
//! It is small and made on the hot path of an overload, so it stays a value
//! until a [`Status`](crate::Status) is needed.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;

use crate::model::code::Code;

/// The policies there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PolicyKind {
    /// Ends a call in time.
    Timeout,
    /// Tries again.
    Retry,
    /// Tries beside a slow try.
    Hedge,
    /// Leaves a failing peer alone.
    Breaker,
    /// Sends a failing peer only what it can take.
    Throttle,
    /// So many calls in a time.
    RateLimit,
    /// So many calls at once.
    Concurrency,
    /// Refuses while the machine is busy.
    Shed,
    /// Answers from memory.
    Cache,
    /// Answers in place of a failure.
    Fallback,
}

impl PolicyKind {
    /// Every policy, in the order of its index.
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

/// Why a policy refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The breaker is open.
    Open,
    /// The breaker is half open, and its probes are under way.
    HalfOpen,
    /// Somebody opened the breaker by hand.
    ForcedOpen,
    /// The throttle drops calls to a peer that refuses them.
    Throttled,
    /// The rate is used up.
    RateExceeded,
    /// The limit is reached, and so is that of the queue.
    QueueFull,
    /// The wait was as long as it may be.
    WaitedTooLong,
    /// The machine is busy.
    Overloaded,
    /// The rate limit is shared, and nobody said where it is counted.
    StoreMissing,
}

impl RefusalReason {
    /// Every reason, in the order of its index.
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

    /// The name in snake case: the label in metrics, `reason` in documents.
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

    /// The policy that refuses for this reason.
    pub const fn policy(self) -> PolicyKind {
        match self {
            Self::Open | Self::HalfOpen | Self::ForcedOpen => PolicyKind::Breaker,
            Self::Throttled => PolicyKind::Throttle,
            Self::RateExceeded | Self::StoreMissing => PolicyKind::RateLimit,
            Self::QueueFull | Self::WaitedTooLong => PolicyKind::Concurrency,
            Self::Overloaded => PolicyKind::Shed,
        }
    }

    /// What a caller reads.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Open => "the breaker is open",
            Self::HalfOpen => "the breaker is half open and its probes are under way",
            Self::ForcedOpen => "the breaker was opened by hand",
            Self::Throttled => "the throttle drops calls, as the peer refuses them",
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

/// A refused call: by which policy, why, and when to come back.
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
/// # When to come back
///
/// That is said where it is known, and else nothing is: callers who were all
/// told the same guess come back together, later than they need or sooner than
/// there is room, and one who is told nothing has a backoff of its own.
///
/// | state | when |
/// |---|---|
/// | `open` | when the breaker lets probes through |
/// | `half_open` | not said: as soon as the probes have succeeded, or, if one fails, not before a time that is drawn then |
/// | `forced_open` | not said: when somebody says so |
/// | `throttled` | not said: each call is drawn for itself, and the next may pass |
/// | `rate_exceeded` | when the caller's next call has its turn |
/// | `queue_full`, `waited_too_long` | not said: when a call has ended, and how long calls take is theirs |
/// | `overloaded` | when shedding ends, unless the machine is busy then |
/// | `store_missing` | not said: when the program has been mended |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    policy: PolicyKind,
    reason: RefusalReason,
    retry_after: Option<Duration>,
    quota: Option<Quota>,
}

/// A rate limit as its callers are told of it, by the IETF's draft of the
/// `RateLimit` header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many calls a window has.
    pub limit: u64,
    /// How long a window is.
    pub window: Duration,
    /// How many calls are left now.
    pub remaining: u64,
    /// How long until there are more.
    pub reset: Duration,
}

impl Refusal {
    /// A refusal that does not say when to come back.
    pub const fn new(policy: PolicyKind, reason: RefusalReason) -> Self {
        Self {
            policy,
            reason,
            retry_after: None,
            quota: None,
        }
    }

    /// The same, with the time after which a call may pass.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same, with the limit that is used up.
    #[must_use]
    pub const fn with_quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// Who refused.
    pub const fn policy(&self) -> PolicyKind {
        self.policy
    }

    /// Why.
    pub const fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// The time after which a call may pass, where that is known: of `open`,
    /// `rate_exceeded` and `overloaded`. A guess is never made.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The limit that is used up, where it was one.
    pub const fn quota(&self) -> Option<Quota> {
        self.quota
    }

    /// What a status says of it, in its fields. They are made once: an
    /// overload has as many refusals as calls.
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

    /// The code that callers get: a rate limit is about the caller
    /// (`resource_exhausted`, HTTP 429), everything else about the service
    /// (`unavailable`, HTTP 503), and a store that nobody gave about its
    /// program (`internal`, HTTP 500).
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
    fn the_fields_name_the_policy_and_its_state() {
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
