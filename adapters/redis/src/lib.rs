//! Rate limits that many processes share, counted in Redis.
//!
//! ```text
//! call ──▶ link up? ──▶ one script, one round trip ──▶ granted, to wait, or refused
//!             │              │ error, or no answer in time
//!             ▼              ▼
//!         away: the process judges by itself, and a ping each 100 ms asks for the store
//! ```
//!
//! The script is one step of the generic cell rate algorithm on the clock of
//! the server, in nanoseconds from its microseconds: the clocks of two machines
//! never agree, and a limit counted by its callers' is none. A bucket is one
//! key that expires once it is full, so Redis holds the keys that call now and
//! no others; [`max_keys`](kit_core::policy::rate_limit::RateLimitConfig::max_keys)
//! bounds the memory of the process alone. Who can make up keys can fill Redis
//! for as long as a bucket takes to fill: give it a `maxmemory` and the policy
//! `volatile-ttl`, which forgets the fullest first.
//!
//! A key is `kit:rate_limit:` with the side, the service, the method and the
//! caller; the rate is no part of it, so that a new one finds the calls that
//! were taken under the old one. Two deployments that share a Redis and not
//! their limits have different [prefixes](RedisStore::prefix).
//!
//! The code gives a store (`kit::Server::rate_limit_store`), or the
//! configuration (`kit::Config`) describes one: `[redis]` with its `url`,
//! `prefix` and `timeout`, or `KIT__REDIS__URL` and so on.
//!
//! Redis 5 or later, or Valkey; one server, or one behind a proxy: a Redis
//! Cluster is not supported. Programs get this crate by kit's feature `redis`,
//! as `kit::redis`; it brings the crate `redis` and some fifty below it, most of
//! them for reading addresses. It does no TLS by itself; a program that depends
//! on that crate with one of its TLS features can write `rediss://`.

#![forbid(unsafe_code)]

mod factory;
mod link;
mod script;
mod store;
#[cfg(test)]
mod tests;

pub use self::store::RedisStore;
