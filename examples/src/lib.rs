//! The services of the examples: contracts and business logic.
//!
//! A contract stands apart from the programs that serve and call it, as it
//! would in a crate that a server and its clients share: see `src/bin`.

pub mod add;
pub mod command_line;
pub mod resilience;
pub mod string;
