//! The states of a breaker.

use std::fmt;

use crate::policy::support::changes::ChangeCounts;

/// A state of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum BreakerState {
    /// Admits every call, and records the outcomes.
    Closed = 0,
    /// Refuses every call until its open time has elapsed.
    Open = 1,
    /// Admits a few calls, to find out whether the peer has recovered.
    HalfOpen = 2,
    /// Refuses every call until the state is set again.
    ForcedOpen = 3,
    /// Admits every call and counts it, but never opens.
    ForcedClosed = 4,
    /// Admits every call and counts nothing.
    Disabled = 5,
}

impl BreakerState {
    /// Every state, in the order of their discriminants.
    pub const ALL: [Self; 6] = [
        Self::Closed,
        Self::Open,
        Self::HalfOpen,
        Self::ForcedOpen,
        Self::ForcedClosed,
        Self::Disabled,
    ];

    /// The name in snake case, as in events and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::ForcedOpen => "forced_open",
            Self::ForcedClosed => "forced_closed",
            Self::Disabled => "disabled",
        }
    }
}

/// Counters of the changes between states.
pub(crate) type BreakerChanges = ChangeCounts<{ BreakerState::ALL.len() }>;

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
