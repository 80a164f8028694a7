//! The behaviour of the limiter.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

mod changes;
mod go_kit;
mod keys;
mod rate;
mod turns;
mod values;

use std::future::Future;
use std::time::{Duration, Instant};

use super::*;
use crate::model::code::Code;
use crate::model::context::Context;
use crate::model::status::Status;
use crate::model::status::refusal::{PolicyKind, Quota, Refusal, RefusalReason};
use crate::policy::support::ManualClock;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn config(count: u32, per: Duration) -> RateLimitConfig {
    RateLimitConfig::new(Rate::new(count, per))
}

fn manual(config: RateLimitConfig) -> (RateLimiter, ManualClock) {
    let clock = ManualClock::new();
    (RateLimiter::with_clock(config, clock.clock()), clock)
}

/// How many of `calls` calls pass.
fn passed(calls: usize, mut call: impl FnMut() -> Result<(), Refusal>) -> usize {
    (0..calls).filter(|_| call().is_ok()).count()
}

async fn run(limiter: &RateLimiter) -> Result<(), Status> {
    limiter.run(async { Ok(()) }).await
}
