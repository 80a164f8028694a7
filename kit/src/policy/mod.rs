//! Resilience, declared where the method is declared.
//!
//! A policy is a core that knows nothing of methods, transports or the types
//! of a call: data and a decision. What a contract declares is a constant
//! ([`Policies`]); a server's own attributes are [`Overrides`] of it.
//!
//! The order of the chain is fixed. On the client the deadline is set before
//! anything else; on the server an expired call is refused before its handler
//! starts, and the handler's time is cut at the least of the caller's
//! deadline and the server's own timeout.

pub mod breaker;
pub mod cache;
mod class_table;
mod clock;
pub mod concurrency;
pub mod fallback;
pub mod hedge;
mod invalid;
mod outcome;
pub mod rate_limit;
mod refusal;
pub mod retry;
pub mod shed;
#[allow(unused_imports, reason = "not every core needs every primitive")]
mod sync;
pub mod throttle;
mod time_ring;
mod timeout;

use std::time::Duration;

use tokio::time::Instant;

use crate::context::Context;
use crate::status::Status;

pub use self::{
    clock::{Clock, ManualClock},
    invalid::InvalidPolicy,
    outcome::{CodeSet, OutcomeClass, OutcomeClasses},
    refusal::{PolicyKind, Quota, Refusal, RefusalReason},
};
pub(crate) use timeout::within;

/// The policies of one method, both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policies {
    /// Those of a client.
    pub client: SidePolicies,
    /// Those of a server.
    pub server: SidePolicies,
}

/// The policies of one method on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SidePolicies {
    /// The longest that a call may take; `None` sets no limit.
    pub timeout: Option<Duration>,
}

impl Policies {
    /// No policies.
    pub const NONE: Self = Self {
        client: SidePolicies { timeout: None },
        server: SidePolicies { timeout: None },
    };

    /// The same with a timeout on both sides.
    #[must_use]
    pub const fn timeout(self, timeout: Duration) -> Self {
        self.client_timeout(timeout).server_timeout(timeout)
    }

    /// The same with a timeout on the client.
    #[must_use]
    pub const fn client_timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = Some(timeout);
        self
    }

    /// The same with a timeout on the server.
    #[must_use]
    pub const fn server_timeout(mut self, timeout: Duration) -> Self {
        self.server.timeout = Some(timeout);
        self
    }
}

impl SidePolicies {
    /// The context that a call goes on with, where that is not its own, or
    /// the refusal of one that came late. A timeout that the clock can't reach
    /// sets no limit.
    pub(crate) fn enter(self, cx: &Context, now: Instant) -> Result<Option<Context>, Status> {
        cx.check_deadline(now)?;
        let deadline = self.timeout.and_then(|timeout| now.checked_add(timeout));
        Ok(deadline.map(|deadline| cx.with_deadline(deadline)))
    }
}

/// What a server's own attributes say of one method, over its contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overrides {
    /// The server's own timeout; `None` leaves the contract's.
    pub timeout: Option<Duration>,
}

impl Overrides {
    /// Leaves everything as the contract says.
    pub const NONE: Self = Self { timeout: None };

    /// The same with a timeout.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// A server's policies with these over them.
    #[must_use]
    pub fn apply(self, contract: SidePolicies) -> SidePolicies {
        SidePolicies {
            timeout: self.timeout.or(contract.timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_past_the_end_of_the_clock_is_no_limit() {
        let policies = SidePolicies {
            timeout: Some(Duration::MAX),
        };
        let entered = policies.enter(&Context::new(), Instant::now());
        assert!(matches!(entered, Ok(None)), "{entered:?}");
    }
}
