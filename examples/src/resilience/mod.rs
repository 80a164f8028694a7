//! A flaky upstream and a client under load, drawn as it happens.
//!
//! What a breaker does is easier to see than to tell. Here are a real server,
//! which is in trouble by a [`schedule`], and a real client, which calls it
//! over a socket at a rate that nothing holds back, as the public's calls come
//! in. The policies stand as attributes at the contract ([`upstream`]); the
//! command line ([`policies`]) changes them by the same [`kit::Config`] as any
//! program could, so that one can see what each of them is for.
//!
//! ```text
//! load → client (timeout, retry, breaker …) → loopback → server (concurrency …) → Flaky
//!   └── record ──┬── terminal, plain lines, summary
//! watch (events) ┘── svg
//! ```
//!
//! What is drawn is made of samples by functions that do nothing else.

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
