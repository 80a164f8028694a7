//! The store against servers that behave and servers that don't.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

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

/// A call of this limiter, of so many calls a second.
fn request(limiter: &str, rate: u32) -> StoreRequest<'_> {
    let limit = BucketLimit::new(SECOND / rate, SECOND);
    StoreRequest::new(limiter, b"", limit)
}
