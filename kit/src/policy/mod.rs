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
mod declared;
mod ended;
pub mod fallback;
pub(crate) mod gate;
pub mod hedge;
mod held;
mod invalid;
mod origin;
mod outcome;
#[doc(hidden)]
pub mod plan;
pub mod rate_limit;
mod refusal;
pub mod retry;
pub mod shed;
#[allow(unused_imports, reason = "not every core needs every primitive")]
mod sync;
pub(crate) mod tally;
pub mod throttle;
mod time_ring;
mod timeout;

pub use self::{
    clock::{Clock, ManualClock},
    declared::{Overrides, Policies, SidePolicies},
    invalid::InvalidPolicy,
    outcome::{CodeSet, OutcomeClass, OutcomeClasses},
    refusal::{PolicyKind, Quota, Refusal, RefusalReason},
    tally::{ConcurrencySnapshot, PolicySnapshot},
};
pub(crate) use timeout::within;
