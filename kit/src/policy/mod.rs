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
//!
//! # Replies that stream
//!
//! Over a transport, a server's policies have a call for as long as its reply
//! streams. Its place under a concurrency limit is taken and `shed` has it in
//! flight until the stream has ended; a breaker and a throttle count the status
//! that it ends with. A stream whose caller goes away was given up, and counts
//! as nothing. Three things to know:
//!
//! - A probe of a breaker has succeeded once its stream has begun. It could go
//!   on for hours, and nobody else is let through before.
//! - What measures how long calls take (an adaptive limit, a breaker's `slow`)
//!   measures how long streams last. For methods that stream use a fixed limit,
//!   and no `slow`.
//! - A `timeout` is the handler's: until it returns. The stream has its
//!   caller's deadline.
//!
//! A client's policies, policies put together by hand, and those of a service
//! that is called in process see a call end when its reply begins.

pub mod breaker;
pub mod cache;
mod changes;
mod class_table;
mod clock;
pub mod concurrency;
mod declared;
pub(crate) mod ended;
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
#[cfg(all(test, not(kit_loom)))]
pub(crate) mod traced;

pub use self::{
    changes::StateChanges,
    clock::{Clock, ManualClock},
    declared::{Overrides, Policies, SidePolicies},
    invalid::InvalidPolicy,
    outcome::{CodeSet, OutcomeClass, OutcomeClasses},
    refusal::{PolicyKind, Quota, Refusal, RefusalReason},
    tally::{ConcurrencySnapshot, PolicySnapshot, SharedLimitSnapshot},
};
pub(crate) use timeout::{late, within};
