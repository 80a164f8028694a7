//! A flaky upstream and a client under load, plotted live.
//!
//! It shows the effect of each policy. A real server follows a [`schedule`] of
//! faults, and a real client calls it over a socket as an open loop: at a fixed
//! rate, whatever the responses. The policies are attributes of the contract
//! ([`upstream`]); the command line ([`policies`]) changes them through
//! [`kit::Config`], as any program can.
//!
//! ```text
//! load → client (timeout, retry, breaker …) → loopback → server (concurrency …) → Flaky
//!   └── record ──┬── terminal, plain lines, summary
//! watch (events) ┘── svg
//! ```
//!
//! The plots are pure functions of the samples.

pub mod load;
pub mod options;
pub mod plain;
pub mod policies;
pub mod record;
pub mod run;
pub mod sample;
pub mod schedule;
pub mod svg;
pub mod terminal;
pub mod upstream;
pub mod watch;
