//! Rate limits that many processes share, counted in Redis.
//!
//! ```text
//! call ──▶ connected? ──▶ one script, one round trip ──▶ granted, granted after a wait, or refused
//!               │ no          │ error, or no response in time
//!               ▼             ▼
//!            the limiter of this process decides; a ping every 100 ms tries to reconnect
//! ```
//!
//! The script is one step of the generic cell rate algorithm (GCRA). It uses
//! the clock of the Redis server, in nanoseconds from its microseconds, because
//! the clocks of two callers never agree. A bucket is one key, which expires
//! once the bucket is full, so Redis holds only the keys of recent calls.
//! [`max_keys`](kit_core::policy::rate_limit::RateLimitConfig::max_keys) bounds
//! the memory of this process, not that of Redis: a caller that invents keys can
//! fill Redis for as long as a bucket takes to refill. Set a `maxmemory` and the
//! eviction policy `volatile-ttl`, which evicts the fullest buckets first.
//!
//! A key consists of `kit:rate_limit:`, the side, the service, the method and
//! the caller's key. The rate is not part of it, so that a changed rate
//! continues with the calls counted under the old one. Deployments that use one
//! Redis but do not share limits need different [prefixes](RedisStore::prefix).
//!
//! A program sets the store in code (`kit::Server::rate_limit_store`) or in its
//! configuration (`kit::Config`): table `[redis]` with `url`, `prefix` and
//! `timeout`, or the variables `KIT__REDIS__URL` and so on.
//!
//! Requires Redis 5 or later, or Valkey: one server, or one behind a proxy.
//! Redis Cluster is not supported. Programs enable this crate with kit's feature
//! `redis`, and use it as `kit::redis`. It depends on the crate `redis` and about
//! fifty more, most of them for parsing addresses. TLS is off: a program that
//! needs `rediss://` depends on the crate `redis` with one of its TLS features.

#![forbid(unsafe_code)]

mod factory;
mod link;
mod script;
mod store;
#[cfg(test)]
mod tests;

pub use self::store::RedisStore;
