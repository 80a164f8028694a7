//! What a breaker tells of its changes of state.
//!
//! Each is an event of `tracing` (target `kit::policy`), and, for those who
//! subscribed, a value in a bounded channel: a reader that is too slow loses
//! the oldest and learns how many, and never holds a call up.

use std::time::Duration;

use super::state::BreakerState;

/// How many events wait for a subscriber before it loses the oldest.
pub(super) const EVENT_CAPACITY: usize = 64;

/// One change of a breaker's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerEvent {
    /// The breaker's name.
    pub name: &'static str,
    /// The state that ended.
    pub from: BreakerState,
    /// The state that began.
    pub to: BreakerState,
    /// Why.
    pub cause: BreakerCause,
    /// How long it stays open, where it opened by itself.
    pub open_for: Option<Duration>,
}

/// Why a breaker changed its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BreakerCause {
    /// Too many failures in a row.
    FailuresInARow,
    /// Too many failures in the window.
    FailureRatio,
    /// Too many slow calls in the window.
    SlowRatio,
    /// A probe failed.
    ProbeFailed,
    /// All probes that were asked for succeeded.
    ProbesSucceeded,
    /// It had been open for its time.
    OpenTimeOver,
    /// Somebody said so.
    ByHand,
}

impl BreakerCause {
    /// The name in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FailuresInARow => "failures_in_a_row",
            Self::FailureRatio => "failure_ratio",
            Self::SlowRatio => "slow_ratio",
            Self::ProbeFailed => "probe_failed",
            Self::ProbesSucceeded => "probes_succeeded",
            Self::OpenTimeOver => "open_time_over",
            Self::ByHand => "by_hand",
        }
    }
}

impl BreakerEvent {
    /// Writes the change to the log: opening is a warning.
    pub(super) fn trace(&self) {
        let (name, from, to) = (self.name, self.from.name(), self.to.name());
        let cause = self.cause.name();
        match self.to {
            BreakerState::Open | BreakerState::ForcedOpen => tracing::warn!(
                target: "kit::policy",
                policy = "breaker", name, from, to, cause, open_for = ?self.open_for,
                "breaker opened"
            ),
            _ => tracing::info!(
                target: "kit::policy",
                policy = "breaker", name, from, to, cause,
                "breaker changed its state"
            ),
        }
    }
}
