//! Test doubles for services: the whole endpoint chain with no transport, a
//! server in memory, a server on a free port; peers that fail on purpose; a
//! clock that is set by hand.
//!
//! # Servers
//!
//! | | policies, middleware | codecs, limits | sockets |
//! |---|---|---|---|
//! | `AddClient::local(service)` | the client's | | |
//! | [`InProcess`] | both sides' | | |
//! | [`Memory`] | both sides' | yes | |
//! | [`serve`] | both sides' | yes | yes |
//!
//! Use the least that shows what a test is about: the fewer parts, the fewer
//! reasons to fail. Time may be paused over the first three.
//!
//! # Peers
//!
//! | | replaces | specifies | is verified |
//! |---|---|---|---|
//! | `MockAdd`, by `#[kit::service(mock)]` | a service | the response of a method to every call | by you, from its counts |
//! | [`Scripted`] | a peer | the response to the first, second, third call | when it is dropped |
//! | [`Faults`] | an unreliable peer or network | the share of calls that fail, and how | by you, from its counts |
//!
//! A mock implements the trait and is for code that calls a service. A script
//! is a channel under a client, and tests the policies between the two: does
//! the retry send three times, does the breaker stop the fourth call? Faults
//! wrap something that works, and test how a whole system holds up.
//!
//! # Time
//!
//! There are two clocks; a test uses one of them.
//!
//! *Tokio's*, paused by `#[tokio::test(start_paused = true)]`: it jumps to the
//! next timer whenever every task waits, and `tokio::time::advance` moves it
//! by hand. kit itself always reads this one: for deadlines, backoff, and the
//! policies that attributes declare. It is the clock for tests of calls.
//!
//! [`ManualClock`] needs no runtime and moves only by hand. The core of a
//! policy reads it when created by `with_clock`. It is the clock for tests of
//! a decision: no call, no task, one line for an hour. It moves no timer: a
//! *wait*, such as a call queued by a rate limit, is on tokio's clock, so a
//! test of waiting pauses that one.
//!
//! ```
//! use std::time::Duration;
//! use kit::policy::OutcomeClass;
//! use kit::policy::breaker::{Breaker, BreakerConfig, BreakerState};
//! use kit::testing::ManualClock;
//!
//! let clock = ManualClock::new();
//! let config = BreakerConfig::consecutive(2).open(Duration::from_secs(5)).probes(1);
//! let breaker = Breaker::with_clock(config, clock.clock());
//!
//! for _ in 0..2 {
//!     breaker.admit(clock.now())?.record(OutcomeClass::Failure, clock.now());
//! }
//! let refusal = breaker.admit(clock.now()).unwrap_err();
//! assert_eq!(refusal.retry_after(), Some(Duration::from_secs(5)));
//!
//! clock.advance(Duration::from_secs(5));
//! breaker.admit(clock.now())?.record(OutcomeClass::Success, clock.now());
//! assert_eq!(breaker.state(clock.now()), BreakerState::Closed);
//! # Ok::<(), kit::policy::Refusal>(())
//! ```

#[cfg(feature = "testing")]
mod doubles;
pub(crate) mod mock;

#[cfg(feature = "testing")]
pub use self::doubles::{
    Delay, Faults, InProcess, Injected, Memory, Running, Script, Scripted, serve,
};
#[cfg(feature = "testing")]
pub use crate::policy::support::ManualClock;
