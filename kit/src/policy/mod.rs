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

mod timeout;

use std::time::Duration;

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
