//! Configuration of the rate limit.
//!
//! Plain data: it can be replaced while a limiter is in use.

use std::time::Duration;

use crate::model::policies::invalid::checks;

/// The longest time, in nanoseconds, in which an empty bucket fills: 146
/// years, so that the sum of two such times can't overflow.
const FILL_MAX: u64 = u64::MAX / 4;

/// A number of calls per time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// The number of calls, at least 1.
    pub count: u32,
    /// The time, above zero and at most 146 years; at least a nanosecond per
    /// call.
    pub per: Duration,
}

impl Rate {
    /// Creates a rate of `count` calls per `per`: `Rate::new(100, Duration::from_secs(1))`.
    pub const fn new(count: u32, per: Duration) -> Self {
        Self { count, per }
    }

    /// The time in which one call is refilled, in nanoseconds, rounded up so
    /// that the rate is never exceeded. Zero if the rate is invalid.
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

/// The key of a rate limit: all calls together, or a limit for each key. Calls
/// without a key share one limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimitKey {
    /// One limit for all calls.
    #[default]
    Everyone,
    /// A limit per IP address of the peer: an IPv4 address, or the /64 prefix
    /// of an IPv6 address, the smallest that a customer is assigned.
    Peer,
    /// A limit per value of this header.
    Header(&'static str),
    /// A limit per value of the method's argument of this name. Arguments are
    /// only available to the attribute and to
    /// [`RateLimiter::keyed_by`](crate::policy::rate_limit::RateLimiter::keyed_by).
    Argument(&'static str),
    /// A limit per authenticated caller. In this version only
    /// [`RateLimiter::keyed_by`](crate::policy::rate_limit::RateLimiter::keyed_by)
    /// supports it: attributes refuse it.
    Identity,
}

/// Where calls are counted.
///
/// ```
/// use kit::policy::rate_limit::RateLimitStore;
///
/// const COUNTERS: RateLimitStore = RateLimitStore::Named("counters");
/// assert_eq!(COUNTERS.name(), "counters");
/// assert_eq!(RateLimitStore::Local.name(), "local");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimitStore {
    /// In this process.
    #[default]
    Local,
    /// In a store shared by processes: the one set in code by
    /// `rate_limit_store`, or else the one of this name in the configuration.
    /// The name is in snake_case: `redis`, or that of any
    /// [`StoreFactory`](crate::policy::rate_limit::StoreFactory).
    Named(&'static str),
}

impl RateLimitStore {
    /// The name, as attributes and configurations write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => LOCAL,
            Self::Named(name) => name,
        }
    }

    /// Whether the counts are outside of this process.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Named(_))
    }
}

/// The name of the store in this process.
pub(crate) const LOCAL: &str = "local";

/// Configures a [`RateLimiter`](crate::policy::rate_limit::RateLimiter).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey};
///
/// // Invalid values in a constant are a compile error.
/// const LIMIT: RateLimitConfig = RateLimitConfig::new(Rate::new(100, Duration::from_secs(1)))
///     .burst(20)
///     .key(RateLimitKey::Peer)
///     .checked();
/// assert_eq!(LIMIT.burst, 20);
///
/// let never = LIMIT.cost(21);
/// assert_eq!(
///     never.check().map_err(|invalid| invalid.problem()),
///     Err("`cost` must be at most `burst`, or no call could ever pass")
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RateLimitConfig {
    /// The rate per key. Required.
    pub rate: Rate,
    /// The most calls at once after an idle time, at least 1. Default the
    /// count of the rate given to [`new`](Self::new); it does not follow a
    /// later change of [`rate`](Self::rate).
    pub burst: u32,
    /// How many calls of the rate a call uses, at least 1 and at most
    /// [`burst`](field@Self::burst). Default 1.
    pub cost: u32,
    /// The longest that a call waits for its turn; `None` refuses it at once.
    /// Default `None`.
    pub wait: Option<Duration>,
    /// The key by which calls are counted. Default [`RateLimitKey::Everyone`].
    pub key: RateLimitKey,
    /// The most keys in memory, of 16 bytes each, at least 1. Default 10,000.
    ///
    /// Keys share sets of 16, and a full set evicts one: choose twice the
    /// number of keys that call within the time in which their bucket fills.
    pub max_keys: u32,
    /// The rate of all keys together, in bursts of at most its count; needs a
    /// [`key`](field@Self::key). `None` is no such limit. Default `None`.
    pub total: Option<Rate>,
    /// Where calls are counted. Default [`RateLimitStore::Local`].
    pub store: RateLimitStore,
}

checks!(RateLimitConfig, RateLimit);

impl RateLimitConfig {
    /// Creates a configuration with this rate, its count as the burst, and the
    /// defaults.
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

    /// Sets [`burst`](field@Self::burst).
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    /// Sets [`cost`](field@Self::cost).
    #[must_use]
    pub const fn cost(mut self, cost: u32) -> Self {
        self.cost = cost;
        self
    }

    /// Sets [`wait`](field@Self::wait).
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Sets [`key`](field@Self::key).
    #[must_use]
    pub const fn key(mut self, key: RateLimitKey) -> Self {
        self.key = key;
        self
    }

    /// Sets [`max_keys`](field@Self::max_keys).
    #[must_use]
    pub const fn max_keys(mut self, max_keys: u32) -> Self {
        self.max_keys = max_keys;
        self
    }

    /// Sets [`total`](field@Self::total).
    #[must_use]
    pub const fn total(mut self, rate: Rate) -> Self {
        self.total = Some(rate);
        self
    }

    /// Sets [`store`](field@Self::store).
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
        if let RateLimitStore::Named(name) = self.store
            && !is_store_name(name)
        {
            return Some("`store` must be `local`, or the name of a shared store in snake_case");
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
        if let Some(problem) = total.problem() {
            return Some(problem);
        }
        if self.cost > total.count {
            return Some("`cost` must be at most the count of `total`, or no call could ever pass");
        }
        if fills_too_slowly(total, total.count) {
            return Some("`total` must come back within 146 years");
        }
        None
    }
}

/// Whether a shared store can have this name: lower-case words with one
/// underscore between them, as an environment variable can't express others.
/// `local` is reserved.
pub(crate) const fn is_store_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || !bytes[0].is_ascii_lowercase() || matches!(bytes, b"local") {
        return false;
    }
    let mut index = 1;
    while index < bytes.len() {
        let is_separator = bytes[index] == b'_' && bytes[index - 1] != b'_';
        if !is_separator && !bytes[index].is_ascii_lowercase() && !bytes[index].is_ascii_digit() {
            return false;
        }
        index += 1;
    }
    bytes[bytes.len() - 1] != b'_'
}

const fn fills_too_slowly(rate: Rate, burst: u32) -> bool {
    rate.interval() as u128 * burst as u128 > FILL_MAX as u128
}
