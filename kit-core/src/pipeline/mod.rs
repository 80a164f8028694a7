//! The policies of one method at work around its calls.
//!
//! A call passes [`admission`], where the policies that need no more than its
//! context let it in or refuse it; a client's [`plan`] adds those that need the
//! call itself (retry, hedge, cache, fallback). [`counters`] keeps what they did
//! for metrics. Nothing here names a transport or does I/O.

pub(crate) mod admission;
#[cfg(feature = "transport")]
pub(crate) mod argument_limit;
pub(crate) mod binding;
pub(crate) mod catch_panic;
pub(crate) mod counters;
pub(crate) mod driver;
pub(crate) mod function;
pub(crate) mod method_state;
pub(crate) mod plan;
#[cfg(feature = "metrics")]
pub(crate) mod policy_metrics;
pub(crate) mod streaming_call;
pub(crate) mod timer;
