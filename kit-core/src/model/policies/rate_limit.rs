//! What a rate limit is told: data alone, so that a live one can replace it.

use std::time::Duration;

use crate::model::policies::invalid::checks;

/// The longest that an empty bucket may take to fill, so that a sum of two
/// times can't overflow: 146 years.
const FILL_MAX: u64 = u64::MAX / 4;

/// So many calls in so long a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    per: Duration,
}

impl Rate {
    /// `count` calls in each `per`: `Rate::new(100, Duration::from_secs(1))`.
    pub const fn new(count: u32, per: Duration) -> Self {
        Self { count, per }
    }

    /// How many calls.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// In how long a time.
    pub const fn per(&self) -> Duration {
        self.per
    }

    /// The time that one call takes to come back, in nanoseconds, rounded up
    /// so that the rate is never exceeded. Zero where the rate is not valid.
    pub(crate) const fn interval(&self) -> u64 {
        let per = self.per.as_nanos();
        if self.count == 0 || per > FILL_MAX as u128 {
            return 0;
        }
        (per as u64).div_ceil(self.count as u64)
    }

    const fn problem(&self) -> Option<&'static str> {
        if self.count == 0 {
            return Some("`rate` must be at least one call");
        }
        if self.per.is_zero() {
            return Some("`rate` must be over a time longer than zero");
        }
        if self.per.as_nanos() < self.count as u128 {
            return Some("`rate` must be at most one call a nanosecond");
        }
        if self.per.as_nanos() > FILL_MAX as u128 {
            return Some("`rate` must be over at most 146 years");
        }
        None
    }
}

/// What a limit is for: everyone together, or each key by itself. A call that
/// has no such key shares the limit of all that have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimitKey {
    /// One limit for all calls.
    #[default]
    Everyone,
    /// A limit for each peer's IP address: an IPv4 address, or the /64 of an
    /// IPv6 one, as that is the least that one customer has.
    Peer,
    /// A limit for each value of this header.
    Header(&'static str),
    /// A limit for each value of the method's argument of this name. Only
    /// what knows the method can read it: the attribute, or
    /// [`RateLimiter::keyed_by`](crate::policy::rate_limit::RateLimiter::keyed_by).
    Argument(&'static str),
    /// A limit for each authenticated caller; read like an argument.
    Identity,
}

/// Where the counts are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimitStore {
    /// In this process.
    #[default]
    Local,
    /// In Redis, shared by many processes; needs kit's feature `redis`. See
    /// [`SharedRateLimiter`](crate::policy::rate_limit::SharedRateLimiter).
    Redis,
}

/// The values of a [`RateLimiter`](crate::policy::rate_limit::RateLimiter).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey};
///
/// // Wrong values don't compile in a constant.
/// const LIMIT: RateLimitConfig = RateLimitConfig::new(Rate::new(100, Duration::from_secs(1)))
///     .burst(20)
///     .key(RateLimitKey::Peer)
///     .checked();
/// assert_eq!(LIMIT.burst_size(), 20);
///
/// let never = LIMIT.cost(21);
/// assert_eq!(
///     never.check().map_err(|invalid| invalid.problem()),
///     Err("`cost` must be at most `burst`, or no call could ever pass")
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimitConfig {
    rate: Rate,
    burst: u32,
    cost: u32,
    wait: Option<Duration>,
    key: RateLimitKey,
    max_keys: u32,
    total: Option<Total>,
    store: RateLimitStore,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Total {
    rate: Rate,
    burst: u32,
}

checks!(RateLimitConfig, RateLimit);

impl RateLimitConfig {
    /// This rate for everyone together, in bursts of at most its count, each
    /// call of cost 1, refusing at once, counted in this process.
    pub const fn new(rate: Rate) -> Self {
        Self {
            rate,
            burst: rate.count,
            cost: 1,
            wait: None,
            key: RateLimitKey::Everyone,
            max_keys: 10_000,
            total: None,
            store: RateLimitStore::Local,
        }
    }

    /// How many calls may come at once after a quiet time; default the rate's
    /// count, at least 1.
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    /// How many of the rate's calls one call counts as; default 1, at most
    /// the burst.
    #[must_use]
    pub const fn cost(mut self, cost: u32) -> Self {
        self.cost = cost;
        self
    }

    /// The longest that a call waits for its turn; default none, which
    /// refuses at once.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// What the limit is for; default everyone.
    #[must_use]
    pub const fn key(mut self, key: RateLimitKey) -> Self {
        self.key = key;
        self
    }

    /// How many keys are remembered at most; default 10,000, each of 16 bytes.
    ///
    /// Keys share sets of 16, and the fullest set forgets first: choose twice
    /// the number of keys that call within the time their bucket takes to
    /// fill.
    #[must_use]
    pub const fn max_keys(mut self, max_keys: u32) -> Self {
        self.max_keys = max_keys;
        self
    }

    /// A limit for all keys together beside that of each; default none. Its
    /// burst is the rate's count.
    #[must_use]
    pub const fn total(mut self, rate: Rate) -> Self {
        self.total = Some(Total {
            rate,
            burst: rate.count,
        });
        self
    }

    /// Where the counts are; default in this process.
    #[must_use]
    pub const fn store(mut self, store: RateLimitStore) -> Self {
        self.store = store;
        self
    }

    const fn problem(&self) -> Option<&'static str> {
        if let Some(problem) = self.rate.problem() {
            return Some(problem);
        }
        if self.burst == 0 {
            return Some("`burst` must be at least 1");
        }
        if self.cost == 0 {
            return Some("`cost` must be at least 1");
        }
        if self.cost > self.burst {
            return Some("`cost` must be at most `burst`, or no call could ever pass");
        }
        if fills_too_slowly(self.rate, self.burst) {
            return Some("`burst` must come back within 146 years");
        }
        if self.max_keys == 0 {
            return Some("`max_keys` must be at least 1");
        }
        if matches!(self.store, RateLimitStore::Redis) && cfg!(not(feature = "redis")) {
            return Some("`store` must be local: kit was built without its feature `redis`");
        }
        self.problem_of_total()
    }

    const fn problem_of_total(&self) -> Option<&'static str> {
        let Some(total) = self.total else {
            return None;
        };
        if matches!(self.key, RateLimitKey::Everyone) {
            return Some("`total` needs a `key`: without one, `rate` is the total");
        }
        if let Some(problem) = total.rate.problem() {
            return Some(problem);
        }
        if self.cost > total.burst {
            return Some("`cost` must be at most the count of `total`, or no call could ever pass");
        }
        if fills_too_slowly(total.rate, total.burst) {
            return Some("`total` must come back within 146 years");
        }
        None
    }

    /// The rate of each key, or of everyone.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// How many calls may come at once.
    pub const fn burst_size(&self) -> u32 {
        self.burst
    }

    /// How many of the rate's calls one call counts as.
    pub const fn cost_of_call(&self) -> u32 {
        self.cost
    }

    /// The longest that a call waits; `None` refuses at once.
    pub const fn wait_max(&self) -> Option<Duration> {
        self.wait
    }

    /// What the limit is for.
    pub const fn keyed(&self) -> RateLimitKey {
        self.key
    }

    /// How many keys are remembered at most.
    pub const fn keys_max(&self) -> u32 {
        self.max_keys
    }

    /// The rate of all keys together, where there is a limit to it.
    pub const fn total_rate(&self) -> Option<Rate> {
        match self.total {
            Some(total) => Some(total.rate),
            None => None,
        }
    }

    /// Where the counts are.
    pub const fn stored(&self) -> RateLimitStore {
        self.store
    }
}

const fn fills_too_slowly(rate: Rate, burst: u32) -> bool {
    rate.interval() as u128 * burst as u128 > FILL_MAX as u128
}
