//! Resilience, declared where the method is declared.
//!
//! A policy is a core that knows nothing of methods, transports or the types
//! of a call: data and a decision. What a contract declares is a constant
//! ([`Policies`]); a server's own attributes are [`Overrides`] of it.
//!
//! # The order of the chain
//!
//! It is fixed, whatever the order of the attributes. What stands further left
//! is asked first and told last:
//!
//! ```text
//!          once a call                                               once an attempt
//! client   fallback → timeout → cache → shed → throttle → retry → hedge → breaker → rate_limit → concurrency → send
//!
//!          once a call
//! server   shed → concurrency → rate_limit → throttle → breaker → timeout → middleware → method
//! ```
//!
//! So a fallback answers for whatever goes wrong, the timeout of its method
//! included; a reply from memory is throttled by nobody and counts for nobody;
//! a breaker sees every attempt, and its refusals, like all that a policy of
//! this process refuses, are not tried again. A retry waits inside of the
//! timeout, and a hedge stands beside one attempt.
//!
//! A call that comes after its deadline is refused before anything else, on
//! both sides; a method's time ends at the sooner of its caller's deadline and
//! the server's own timeout. A limit by an argument (`key = arg(x)`) is asked
//! once the arguments have been read, right before the middleware.

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
pub(crate) mod timeout;

pub use self::{
    clock::{Clock, ManualClock},
    declared::{Overrides, Policies, SidePolicies},
    invalid::InvalidPolicy,
    outcome::{CodeSet, OutcomeClass, OutcomeClasses},
    refusal::{PolicyKind, Quota, Refusal, RefusalReason},
    tally::{ConcurrencySnapshot, PolicySnapshot, SharedLimitSnapshot},
};
pub(crate) use timeout::{late, within};
