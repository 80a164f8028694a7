//! Applies the policies of a method to its calls.
//!
//! A call first passes [`admission`], where the policies that need only its
//! context admit or refuse it. On a client, a [`plan`] adds the policies that
//! need the request itself (retry, hedge, cache, fallback). [`counters`] holds
//! what the policies did, for metrics. Nothing here names a transport or does
//! I/O.

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
