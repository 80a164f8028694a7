//! gRPC: calls, input, and the client against faulty servers.

mod calls;
mod faulty_servers;
mod input;
pub(crate) mod probe;
