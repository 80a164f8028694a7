//! The events of a breaker's state changes.
//!
//! Each change is an event of `tracing` (target `kit::policy`), and for
//! subscribers a value in a bounded channel: a receiver that is too slow loses
//! the oldest events and learns how many, and never blocks a call.

use std::time::Duration;

use super::state::BreakerState;

/// The number of events kept for a subscriber before it loses the oldest.
pub(super) const EVENT_CAPACITY: usize = 64;

/// A state change of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerEvent {
    /// The breaker's name.
    pub name: &'static str,
    /// The state before the change.
    pub from: BreakerState,
    /// The state after the change.
    pub to: BreakerState,
    /// The cause of the change.
    pub cause: BreakerCause,
    /// How long it stays open, if it opened by itself.
    pub open_for: Option<Duration>,
}

/// The cause of a state change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BreakerCause {
    /// Too many consecutive failures.
    FailuresInARow,
    /// Too many failures in the window.
    FailureRatio,
    /// Too many slow calls in the window.
    SlowRatio,
    /// A probe failed.
    ProbeFailed,
    /// The required number of probes succeeded.
    ProbesSucceeded,
    /// The open time elapsed.
    OpenTimeOver,
    /// A method of the breaker was called.
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
    /// Writes the change to the log; an opening is a warning.
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
