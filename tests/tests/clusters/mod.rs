//! What the policies are worth: simulated clusters, with and without them.
//!
//! A policy is a bet on how many callers and servers behave together, and no
//! test of one core can lose that bet. So here servers with so many slots
//! serve callers who come whether or not they are answered, on a clock that
//! only the simulation moves. Every draw comes from a seeded generator and
//! every time is a whole number of milliseconds: the figures are the same in
//! every run, and the tests hold both their bounds and the page that quotes
//! them, `docs/resilience.md`. `KIT_BLESS=1` writes them anew.

mod floors;
mod instances;
mod overload;
mod page;
mod plot;
mod rejection;
mod shedding;
mod storm;
mod world;
