//! The services of the examples: contracts and business logic.
//!
//! A contract is separate from the programs that serve and call it (`src/bin`),
//! as it would be in a crate that a server and its clients share.

#![forbid(unsafe_code)]

pub mod add;
pub mod command_line;
pub mod resilience;
pub mod string;
