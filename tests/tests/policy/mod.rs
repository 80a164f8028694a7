//! Policies declared as attributes: effects, order of the chain, refusals, metrics.

mod client_side;
mod function_order;
mod functions;
mod go_kit;
mod metrics;
mod order;
pub(crate) mod refusals;
mod retry_metadata;
mod script;
mod server_side;
mod stores;
mod streams;
