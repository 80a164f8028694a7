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
//! the server's own timeout. That runs from when the call came, waiting for a
//! turn or a place included, and is drawn where it ends what runs. A limit by
//! an argument (`key = arg(x)`) is asked once the arguments have been read,
//! right before the server's layers.
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
//!
//! # Plain functions
//!
//! The same attributes guard any `async fn` that returns a `Result` with a
//! [`Status`](crate::Status) or an error that derives
//! [`ServiceError`](crate::ServiceError). Its chain is a client's: the same
//! order, which the order of the attributes does not change.
//!
//! ```
//! use kit::Status;
//!
//! #[kit::breaker(failures = 5)]
//! #[kit::retry(attempts = 3)]
//! #[kit::timeout("2s")]
//! #[kit::fallback(no_price)]
//! async fn price(id: u64) -> Result<u64, Status> {
//!     Err(Status::unavailable(format!("nobody knows the price of {id}")))
//! }
//!
//! async fn no_price(_id: u64, _error: Status) -> Result<u64, Status> {
//!     Ok(0)
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! assert_eq!(price(7).await.ok(), Some(0));
//! # }
//! ```
//!
//! - There is one chain for each function: all its calls share it, whatever
//!   their `self` and their types.
//! - What may need a call again (`retry`, `hedge`, `fallback`) clones the
//!   arguments; `cache` keeps answers by them, so they are owned and have a
//!   hash. A fallback is given the arguments and the error.
//! - Its deadline is that of its `timeout` or of
//!   [`Context::current`](crate::Context::current), if that is sooner; without
//!   a `timeout` it is not ended at a deadline that is around it, but does not
//!   begin after it.
//! - It has no sides (`at`), no callers (`key`), no store that processes share,
//!   and no request for a `#[middleware]`.
//! - Any of the attributes may say `name = "prices::find"`, what the function
//!   is called in events, metrics and a configuration, by default its path;
//!   and `crate = path`, where kit is, if not at `::kit`. In events and metrics
//!   it is a method of a client of `functions`. Two functions of one name share
//!   their counts there, and can't be told apart by a configuration.
//! - Of its metrics there are those of its policies, from its first call on:
//!   its calls are not counted, and how long they take is not measured.
//! - Its attributes know each other by their names alone, or after `kit::` or
//!   what `crate` says. By any other name they are chains of their own, one
//!   inside the other.

pub mod breaker;
pub mod cache;
pub mod concurrency;
pub mod fallback;
pub mod hedge;
pub mod rate_limit;
pub mod retry;
pub mod shed;
pub(crate) mod snapshot;
pub(crate) mod support;
pub mod throttle;
pub(crate) mod timeout;

pub use self::snapshot::{ConcurrencySnapshot, PolicySnapshot, SharedLimitSnapshot};
pub use self::support::changes::StateChanges;
pub use self::support::{Clock, ManualClock};
pub use crate::model::policies::{
    CodeSet, InvalidPolicy, OutcomeClass, OutcomeClasses, Overrides, Policies, SidePolicies,
};
pub use crate::model::status::refusal::{PolicyKind, Quota, Refusal, RefusalReason};
