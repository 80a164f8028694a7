//! HTTP/JSON: calls, routes, input, and the client.

mod body;
mod calls;
mod client;
mod input;
pub(crate) mod items;
mod routing;
