//! Resilience policies, declared on the method that they apply to.
//!
//! A policy has a core that does not depend on methods, transports or the
//! types of a call: data and a decision. The declarations of a contract are a
//! constant ([`Policies`]); a server's own attributes are [`Overrides`] of it.
//!
//! # The order of the chain
//!
//! The order is fixed, whatever the order of the attributes. Policies further
//! left see the call first and its result last:
//!
//! ```text
//!          once per call                                             once per attempt
//! client   fallback → timeout → cache → shed → throttle → retry → hedge → breaker → rate_limit → concurrency → send
//!
//!          once per call
//! server   shed → concurrency → rate_limit → throttle → breaker → timeout → middleware → method
//! ```
//!
//! So a fallback handles any failure, including the timeout of its method. A
//! response from the cache is neither throttled nor counted by other policies.
//! A breaker sees every attempt. Its refusals, like all refusals by policies of
//! this process, are not retried. The waits of a retry are within the timeout,
//! and a hedge sends its second request within one attempt.
//!
//! A call that arrives after its deadline is refused before anything else, on
//! both sides. A method's time ends at the earlier of its caller's deadline and
//! the server's own timeout. The timeout counts from the arrival of the call,
//! including waits in queues: a policy that queues calls refuses those that
//! would wait past it. When the time is over, it ends what follows it in the
//! chain. A limit by an argument (`key = arg(x)`) is checked after the arguments
//! have been read, right before the server's layers.
//!
//! # Streaming responses
//!
//! Over a transport, a server's policies treat a call as in flight while its
//! response streams. It holds its permits of `concurrency` and `shed` until the
//! stream has ended; a breaker and a throttle count the status that ends the
//! stream. A stream whose caller disconnects is a cancelled call, and is not
//! counted. Three consequences:
//!
//! - A probe of a breaker succeeds when its stream begins. The stream could run
//!   for hours, and no other call would be admitted before its end.
//! - Policies that measure latency (an adaptive limit, a breaker's `slow`)
//!   measure how long streams last. For streaming methods use a fixed limit,
//!   and no `slow`.
//! - A `timeout` applies to the handler, until it returns. The stream has its
//!   caller's deadline.
//!
//! For a client's policies, for policies applied by hand, and for those of a
//! service that is called in process, a call ends when its response begins.
//!
//! # Plain functions
//!
//! The same attributes apply to any `async fn` that returns a `Result` with a
//! [`Status`](crate::Status) or an error that derives
//! [`ServiceError`](crate::ServiceError). Its chain is that of a client, in the
//! same order, whatever the order of the attributes.
//!
//! ```
//! use kit::Status;
//!
//! #[kit::breaker(failures = 5)]
//! #[kit::retry(attempts = 3)]
//! #[kit::timeout("2s")]
//! #[kit::fallback(no_price)]
//! async fn price(id: u64) -> Result<u64, Status> {
//!     Err(Status::unavailable(format!("no price for item {id}")))
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
//! - Each function has one chain: all its calls share it, whatever their `self`
//!   and their types.
//! - Policies that may repeat a call (`retry`, `hedge`, `fallback`) clone the
//!   arguments. `cache` stores responses by them, so they must be owned and
//!   implement `Hash`. A fallback receives the arguments and the error.
//! - Its deadline is that of its `timeout` or of
//!   [`Context::current`](crate::Context::current), whichever is earlier.
//!   Without a `timeout`, a call does not begin after the deadline of the
//!   current context, but is not ended at it.
//! - The options `at` (a function has no sides), `key` (it has no callers) and
//!   `store` are not available, and neither is `#[middleware]`.
//! - Each of the attributes takes `name = "prices::find"`, the function's name
//!   in events, metrics and a configuration, by default its path; and
//!   `crate = path`, the path of kit, if it is not `::kit`. In events and
//!   metrics it is a client's method of the service `functions`. Two functions
//!   with the same name share their counts there, and a configuration applies to
//!   both.
//! - Its metrics are those of its policies, from the first call on. Calls are
//!   not counted, and their latency is not measured.
//! - Attributes form one chain if they are written by their plain names, after
//!   `kit::` or after the path of `crate`. Under any other name an attribute is
//!   a chain of its own, inside the other or around it.

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
