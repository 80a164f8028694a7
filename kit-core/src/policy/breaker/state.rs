//! The states that a breaker can be in.

use std::fmt;

use crate::policy::support::changes::ChangeCounts;

/// What a breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum BreakerState {
    /// Lets every call through, and watches how they end.
    Closed = 0,
    /// Refuses every call until its time is over.
    Open = 1,
    /// Lets a few calls through, to learn whether the peer is well again.
    HalfOpen = 2,
    /// Refuses every call until it is told otherwise.
    ForcedOpen = 3,
    /// Lets every call through and counts them, but never opens.
    ForcedClosed = 4,
    /// Lets every call through and counts nothing.
    Disabled = 5,
}

impl BreakerState {
    /// Every state, in the order of its number.
    pub const ALL: [Self; 6] = [
        Self::Closed,
        Self::Open,
        Self::HalfOpen,
        Self::ForcedOpen,
        Self::ForcedClosed,
        Self::Disabled,
    ];

    /// The name in snake case, as events and metrics have it.
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

/// Counts of the changes between them.
pub(crate) type BreakerChanges = ChangeCounts<{ BreakerState::ALL.len() }>;

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
