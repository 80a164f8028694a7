//! Declared policies, as constants.
//!
//! `#[kit::service]` generates one [`Policies`] per method of a trait, and the
//! attributes of an impl are [`Overrides`] of its server side. They are plain
//! values: their state lives where calls are made, and a configuration may
//! replace the values later.
//!
//! An override replaces a policy as a whole. If it were merged key by key, a
//! reader of an impl would need to know the trait to tell what its
//! `#[rate_limit("10/s")]` does.

use std::time::Duration;

pub(crate) mod breaker;
pub(crate) mod cache;
pub(crate) mod concurrency;
pub(crate) mod hedge;
pub(crate) mod invalid;
pub(crate) mod outcome;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod shed;
pub(crate) mod throttle;

use self::breaker::BreakerConfig;
use self::cache::CacheConfig;
use self::concurrency::ConcurrencyConfig;
use self::hedge::HedgeConfig;
pub use self::invalid::InvalidPolicy;
pub use self::outcome::{CodeSet, OutcomeClass, OutcomeClasses};
use self::rate_limit::RateLimitConfig;
use self::retry::RetryConfig;
use self::shed::ShedConfig;
use self::throttle::ThrottleConfig;

/// The policies of a method on both sides.
///
/// ```
/// use std::time::Duration;
/// use kit::policy::rate_limit::{Rate, RateLimitConfig};
/// use kit::policy::{Policies, SidePolicies};
///
/// const LIMIT: RateLimitConfig = RateLimitConfig::new(Rate::new(100, Duration::from_secs(1)));
/// const POLICIES: Policies = Policies::NONE
///     .timeout(Duration::from_secs(2))
///     .server(SidePolicies::NONE.rate_limit(LIMIT));
/// assert_eq!(POLICIES.server.timeout, Some(Duration::from_secs(2)));
/// assert_eq!(POLICIES.server.rate_limit, Some(LIMIT));
/// assert_eq!(POLICIES.client.rate_limit, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Policies {
    /// The client's policies.
    pub client: SidePolicies,
    /// The server's policies.
    pub server: SidePolicies,
}

/// The policies of a method on one side; `None` disables one. All are `None`
/// by default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SidePolicies {
    /// Limits the duration of a call, retries included.
    pub timeout: Option<Duration>,
    /// Retries failed calls.
    pub retry: Option<RetryConfig>,
    /// Sends a second request when the first is slow.
    pub hedge: Option<HedgeConfig>,
    /// Refuses the share of calls that an overloaded peer would refuse.
    pub throttle: Option<ThrottleConfig>,
    /// Refuses calls to a failing peer (circuit breaker).
    pub breaker: Option<BreakerConfig>,
    /// Refuses calls while the processors are busy.
    pub shed: Option<ShedConfig>,
    /// Limits concurrent calls.
    pub concurrency: Option<ConcurrencyConfig>,
    /// Limits the rate of calls (GCRA).
    pub rate_limit: Option<RateLimitConfig>,
    /// Caches responses.
    pub cache: Option<CacheConfig>,
    /// The failure codes that the fallback replaces; the fallback itself is
    /// code.
    pub fallback: Option<CodeSet>,
}

impl Policies {
    /// No policies.
    pub const NONE: Self = Self {
        client: SidePolicies::NONE,
        server: SidePolicies::NONE,
    };

    /// Sets the timeout of both sides.
    #[must_use]
    pub const fn timeout(self, timeout: Duration) -> Self {
        self.client_timeout(timeout).server_timeout(timeout)
    }

    /// Sets the timeout of the client.
    #[must_use]
    pub const fn client_timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = Some(timeout);
        self
    }

    /// Sets the timeout of the server.
    #[must_use]
    pub const fn server_timeout(mut self, timeout: Duration) -> Self {
        self.server.timeout = Some(timeout);
        self
    }

    /// Adds policies of the client, in place of those that it has.
    #[must_use]
    pub const fn client(mut self, policies: SidePolicies) -> Self {
        self.client = policies.over(self.client);
        self
    }

    /// Adds policies of the server, in place of those that it has.
    #[must_use]
    pub const fn server(mut self, policies: SidePolicies) -> Self {
        self.server = policies.over(self.server);
        self
    }
}

/// `Option::or`, which is not yet `const`.
macro_rules! or {
    ($own:expr, $other:expr) => {
        match $own {
            Some(own) => Some(own),
            None => $other,
        }
    };
}

impl SidePolicies {
    /// No policies.
    pub const NONE: Self = Self {
        timeout: None,
        retry: None,
        hedge: None,
        throttle: None,
        breaker: None,
        shed: None,
        concurrency: None,
        rate_limit: None,
        cache: None,
        fallback: None,
    };

    /// Sets [`timeout`](field@Self::timeout).
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets [`retry`](field@Self::retry).
    #[must_use]
    pub const fn retry(mut self, config: RetryConfig) -> Self {
        self.retry = Some(config);
        self
    }

    /// Sets [`hedge`](field@Self::hedge).
    #[must_use]
    pub const fn hedge(mut self, config: HedgeConfig) -> Self {
        self.hedge = Some(config);
        self
    }

    /// Sets [`throttle`](field@Self::throttle).
    #[must_use]
    pub const fn throttle(mut self, config: ThrottleConfig) -> Self {
        self.throttle = Some(config);
        self
    }

    /// Sets [`breaker`](field@Self::breaker).
    #[must_use]
    pub const fn breaker(mut self, config: BreakerConfig) -> Self {
        self.breaker = Some(config);
        self
    }

    /// Sets [`shed`](field@Self::shed).
    #[must_use]
    pub const fn shed(mut self, config: ShedConfig) -> Self {
        self.shed = Some(config);
        self
    }

    /// Sets [`concurrency`](field@Self::concurrency).
    #[must_use]
    pub const fn concurrency(mut self, config: ConcurrencyConfig) -> Self {
        self.concurrency = Some(config);
        self
    }

    /// Sets [`rate_limit`](field@Self::rate_limit).
    #[must_use]
    pub const fn rate_limit(mut self, config: RateLimitConfig) -> Self {
        self.rate_limit = Some(config);
        self
    }

    /// Sets [`cache`](field@Self::cache).
    #[must_use]
    pub const fn cache(mut self, config: CacheConfig) -> Self {
        self.cache = Some(config);
        self
    }

    /// Sets [`fallback`](field@Self::fallback).
    #[must_use]
    pub const fn fallback(mut self, codes: CodeSet) -> Self {
        self.fallback = Some(codes);
        self
    }

    /// Merges two sets of policies: each is that of `self`, or else that of
    /// `others`.
    #[must_use]
    pub const fn over(self, others: Self) -> Self {
        Self {
            timeout: or!(self.timeout, others.timeout),
            retry: or!(self.retry, others.retry),
            hedge: or!(self.hedge, others.hedge),
            throttle: or!(self.throttle, others.throttle),
            shed: or!(self.shed, others.shed),
            concurrency: or!(self.concurrency, others.concurrency),
            breaker: or!(self.breaker, others.breaker),
            rate_limit: or!(self.rate_limit, others.rate_limit),
            cache: or!(self.cache, others.cache),
            fallback: or!(self.fallback, others.fallback),
        }
    }
}

/// A server's policies for a method that replace those of its contract.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Overrides {
    /// The server's own policies; `None` keeps the contract's.
    pub server: SidePolicies,
}

impl Overrides {
    /// Keeps all policies of the contract.
    pub const NONE: Self = Self::of(SidePolicies::NONE);

    /// Creates overrides of these policies.
    pub const fn of(server: SidePolicies) -> Self {
        Self { server }
    }

    /// Applies the overrides to a contract's policies of the server.
    #[must_use]
    pub const fn apply(self, contract: SidePolicies) -> SidePolicies {
        self.server.over(contract)
    }
}

#[cfg(test)]
mod tests {
    use super::rate_limit::Rate;
    use super::*;

    const fn limit(count: u32) -> RateLimitConfig {
        RateLimitConfig::new(Rate::new(count, Duration::from_secs(1)))
    }

    #[test]
    fn an_override_replaces_a_policy_as_a_whole_and_leaves_the_others() {
        const CONTRACT: SidePolicies = SidePolicies::NONE
            .timeout(Duration::from_secs(2))
            .rate_limit(limit(100).burst(7));
        const OWN: Overrides = Overrides::of(SidePolicies::NONE.rate_limit(limit(10)));
        let both = OWN.apply(CONTRACT);
        assert_eq!(both.timeout, Some(Duration::from_secs(2)));
        assert_eq!(both.rate_limit, Some(limit(10)));
        assert_eq!(Overrides::NONE.apply(CONTRACT), CONTRACT);
    }
}
