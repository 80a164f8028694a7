//! The effect of the policies, in simulated clusters with and without them.
//!
//! A policy assumes how many callers and servers behave together, which no test
//! of one core can refute. So here servers with a fixed number of slots serve
//! an open loop of callers, on a clock that only the simulation advances. The
//! random generator is seeded and every time is a whole number of milliseconds:
//! the figures are the same in every run, and the tests check both their bounds
//! and the page that quotes them, `docs/resilience.md`. `KIT_BLESS=1` writes
//! them again.

mod floors;
mod instances;
mod overload;
mod page;
mod plot;
mod rejection;
mod shedding;
mod storm;
mod world;
