//! What a limiter asks of a store, and what it is told.
//!
//! The core does no I/O, so what counts for many processes is behind this
//! trait: `kit::RedisStore` with the feature `redis`, or a store of one's own.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Buckets that many processes share.
///
/// A bucket is where [`rate_limit`](crate::policy::rate_limit) says: the time
/// at which it is full again, on the clock of the store, as the clocks of two
/// machines never agree.
pub trait SharedStore: Any + fmt::Debug + Send + Sync {
    /// Takes a call from the bucket of a key and from that of all keys, where
    /// there is one, or from neither; a refusal moves no bucket.
    ///
    /// `None` is no answer: the store is away, and the limiter of this process
    /// judges. That comes soon, whatever the store does, and after the
    /// request's deadline at the latest.
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a>;

    /// Whether the store is known to be away, so that no call need wait to
    /// learn of it.
    fn is_away(&self) -> bool;
}

/// A store's answer, soon.
pub type Taking<'a> = Pin<Box<dyn Future<Output = Option<StoreAnswer>> + Send + 'a>>;

/// A call that asks for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreRequest<'a> {
    /// Which limiter: the same text in all processes that share it.
    pub limiter: &'a str,
    /// Who calls; empty where the limit is for everyone, or the call has no
    /// key.
    pub key: &'a [u8],
    /// The limit of this key.
    pub limit: BucketLimit,
    /// The limit of all keys together.
    pub total: Option<BucketLimit>,
    /// How long this call would wait for its turn.
    pub longest: Duration,
    /// How long any call would. No bucket is further ahead of the time than
    /// what it holds and this, unless a clock went back.
    pub wait_max: Duration,
    /// When the caller no longer wants an answer.
    pub deadline: Option<tokio::time::Instant>,
}

impl<'a> StoreRequest<'a> {
    /// A call that waits not at all, and has no deadline.
    pub const fn new(limiter: &'a str, key: &'a [u8], limit: BucketLimit) -> Self {
        Self {
            limiter,
            key,
            limit,
            total: None,
            longest: Duration::ZERO,
            wait_max: Duration::ZERO,
            deadline: None,
        }
    }
}

/// A limit as a bucket sees it: in time of refilling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketLimit {
    /// What one call takes.
    pub step: Duration,
    /// What a full bucket holds.
    pub capacity: Duration,
}

impl BucketLimit {
    /// A bucket of so much, of which a call takes so much.
    pub const fn new(step: Duration, capacity: Duration) -> Self {
        Self { step, capacity }
    }
}

/// What a store says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreAnswer {
    /// The call may start after this wait, which is no longer than was asked.
    Granted {
        /// How long until its turn.
        wait: Duration,
    },
    /// The call would have to wait longer than was asked.
    Refused {
        /// Whether it was the limit of all keys together that refused.
        by_total: bool,
        /// How long until its turn.
        wait: Duration,
        /// What is taken from the bucket that refused.
        taken: Duration,
    },
}
