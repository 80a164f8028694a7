//! The buckets of a limiter in this process: one, or one for each key and one
//! for the total.

use super::gcra::{Bucket, LiveLimit};
use super::keyed::Keys;
use crate::model::policies::rate_limit::{RateLimitConfig, RateLimitKey};

/// The buckets and their limits.
#[derive(Debug)]
pub(super) enum Buckets {
    Everyone {
        bucket: Bucket,
        limit: LiveLimit,
    },
    Keyed {
        keys: Keys,
        each: LiveLimit,
        /// The bucket of the total over all keys.
        bucket: Bucket,
        total: LiveLimit,
    },
}

impl Buckets {
    pub(super) fn new(config: &RateLimitConfig) -> Self {
        let (burst, cost) = (config.burst, config.cost);
        let limit = LiveLimit::new(Some(config.rate), burst, cost);
        if config.key == RateLimitKey::Everyone {
            return Self::Everyone {
                bucket: Bucket::default(),
                limit,
            };
        }
        let total = config.total;
        Self::Keyed {
            keys: Keys::new(config.max_keys, limit.get()),
            each: limit,
            bucket: Bucket::default(),
            total: LiveLimit::new(total, total.map_or(0, |rate| rate.count), cost),
        }
    }

    pub(super) fn configure(&self, config: &RateLimitConfig, now: u64) {
        let (burst, cost) = (config.burst, config.cost);
        match self {
            Self::Everyone { bucket, limit } => {
                bucket.change(now, limit, Some(config.rate), burst, cost);
            }
            Self::Keyed {
                keys,
                each,
                bucket,
                total,
            } => {
                each.set(Some(config.rate), burst, cost);
                keys.rescale(each.get(), now);
                let rate = config.total;
                let burst = rate.map_or(0, |rate| rate.count);
                bucket.change(now, total, rate, burst, cost);
            }
        }
    }
}
