//! The store against a real Redis and against faulty servers.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod events;
mod factory;
mod fake;
mod keys;
mod link;
mod script;
#[path = "../../../../tests/servers/redis.rs"]
mod server;

use std::time::Duration;

use kit_core::policy::rate_limit::{BucketLimit, StoreRequest};

use super::RedisStore;

const SECOND: Duration = Duration::from_secs(1);

/// A call of this limiter, with a rate in calls per second.
fn request(limiter: &str, rate: u32) -> StoreRequest<'_> {
    let limit = BucketLimit::new(SECOND / rate, SECOND);
    StoreRequest::new(limiter, b"", limit)
}
