//! The interface of a shared store.
//!
//! The core does no I/O, so the store that counts for many processes is behind
//! this trait: `kit::RedisStore` with the feature `redis`, or a store of the
//! program.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A store of buckets that many processes share.
///
/// A bucket is as in [`rate_limit`](crate::policy::rate_limit): the time at
/// which it is full again, by the clock of the store, since the clocks of two
/// machines never agree.
pub trait SharedStore: Any + fmt::Debug + Send + Sync {
    /// Takes a call from the bucket of a key and from that of the total, if
    /// there is one, or from neither; a refusal moves no bucket.
    ///
    /// `None` means that the store is unavailable, and that the limiter of
    /// this process decides. It must be returned soon, and at the latest at the
    /// deadline of the request.
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a>;

    /// Whether the store is known to be unavailable, so that calls need not
    /// wait for its failure.
    fn is_away(&self) -> bool;
}

/// The future of a store's response.
pub type Taking<'a> = Pin<Box<dyn Future<Output = Option<StoreAnswer>> + Send + 'a>>;

/// A call that requests its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreRequest<'a> {
    /// The name of the limiter, the same in all processes that share it.
    pub limiter: &'a str,
    /// The key of the call; empty if the limit is for everyone, or the call
    /// has no key.
    pub key: &'a [u8],
    /// The limit of this key.
    pub limit: BucketLimit,
    /// The limit of the total over all keys.
    pub total: Option<BucketLimit>,
    /// The longest wait of this call.
    pub longest: Duration,
    /// The longest wait of any call. No bucket is further ahead of the time
    /// than its capacity plus this, unless a clock went back.
    pub wait_max: Duration,
    /// The time from which the caller ignores the response.
    pub deadline: Option<tokio::time::Instant>,
}

impl<'a> StoreRequest<'a> {
    /// Creates a request of a call that does not wait and has no deadline.
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

/// A limit in the unit of a bucket: time of refill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketLimit {
    /// The cost of one call.
    pub step: Duration,
    /// The capacity of a full bucket.
    pub capacity: Duration,
}

impl BucketLimit {
    /// Creates a limit from the cost of one call and the capacity of a bucket.
    pub const fn new(step: Duration, capacity: Duration) -> Self {
        Self { step, capacity }
    }
}

/// The response of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreAnswer {
    /// The call may start after this wait, which is within the requested one.
    Granted {
        /// The time until its turn.
        wait: Duration,
    },
    /// The call would have to wait longer than requested.
    Refused {
        /// Whether the total over all keys refused it.
        by_total: bool,
        /// The time until its turn.
        wait: Duration,
        /// What is taken from the bucket that refused, in time of refill.
        taken: Duration,
    },
}
