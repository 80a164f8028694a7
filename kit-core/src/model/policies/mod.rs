//! What contracts and impls declare, as constants.
//!
//! `#[kit::service]` writes one [`Policies`] per method, and a server's own
//! attributes are [`Overrides`] of its part. They hold values only: the cores
//! that are made of them live where the calls are, and a configuration may
//! give those other values later.
//!
//! An override replaces a policy as a whole. Were it merged key by key, a
//! reader of an impl would have to know the trait by heart to say what its
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

/// The policies of one method, both sides.
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
    /// Those of a client.
    pub client: SidePolicies,
    /// Those of a server.
    pub server: SidePolicies,
}

/// The policies of one method on one side; `None` where it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SidePolicies {
    /// The longest that a call may take.
    pub timeout: Option<Duration>,
    /// Tries again.
    pub retry: Option<RetryConfig>,
    /// Tries beside a slow try.
    pub hedge: Option<HedgeConfig>,
    /// Sends a failing peer only what it can take.
    pub throttle: Option<ThrottleConfig>,
    /// Leaves a failing peer alone.
    pub breaker: Option<BreakerConfig>,
    /// Refuses while the machine is busy.
    pub shed: Option<ShedConfig>,
    /// So many calls at once.
    pub concurrency: Option<ConcurrencyConfig>,
    /// So many calls in a time.
    pub rate_limit: Option<RateLimitConfig>,
    /// Answers from memory.
    pub cache: Option<CacheConfig>,
    /// The failures that another answer stands in for; which answer is code,
    /// and not data.
    pub fallback: Option<CodeSet>,
}

impl Policies {
    /// No policies.
    pub const NONE: Self = Self {
        client: SidePolicies::NONE,
        server: SidePolicies::NONE,
    };

    /// The same with a timeout on both sides.
    #[must_use]
    pub const fn timeout(self, timeout: Duration) -> Self {
        self.client_timeout(timeout).server_timeout(timeout)
    }

    /// The same with a timeout on the client.
    #[must_use]
    pub const fn client_timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = Some(timeout);
        self
    }

    /// The same with a timeout on the server.
    #[must_use]
    pub const fn server_timeout(mut self, timeout: Duration) -> Self {
        self.server.timeout = Some(timeout);
        self
    }

    /// The same with these over the client's.
    #[must_use]
    pub const fn client(mut self, policies: SidePolicies) -> Self {
        self.client = policies.over(self.client);
        self
    }

    /// The same with these over the server's.
    #[must_use]
    pub const fn server(mut self, policies: SidePolicies) -> Self {
        self.server = policies.over(self.server);
        self
    }
}

/// `$own` where it is there, else `$other`: `Option::or` is not yet constant.
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

    /// The same with a timeout.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The same with retries.
    #[must_use]
    pub const fn retry(mut self, config: RetryConfig) -> Self {
        self.retry = Some(config);
        self
    }

    /// The same with hedges.
    #[must_use]
    pub const fn hedge(mut self, config: HedgeConfig) -> Self {
        self.hedge = Some(config);
        self
    }

    /// The same with a throttle.
    #[must_use]
    pub const fn throttle(mut self, config: ThrottleConfig) -> Self {
        self.throttle = Some(config);
        self
    }

    /// The same with a breaker.
    #[must_use]
    pub const fn breaker(mut self, config: BreakerConfig) -> Self {
        self.breaker = Some(config);
        self
    }

    /// The same with shedding.
    #[must_use]
    pub const fn shed(mut self, config: ShedConfig) -> Self {
        self.shed = Some(config);
        self
    }

    /// The same with a limit of the calls at once.
    #[must_use]
    pub const fn concurrency(mut self, config: ConcurrencyConfig) -> Self {
        self.concurrency = Some(config);
        self
    }

    /// The same with a rate limit.
    #[must_use]
    pub const fn rate_limit(mut self, config: RateLimitConfig) -> Self {
        self.rate_limit = Some(config);
        self
    }

    /// The same with a cache.
    #[must_use]
    pub const fn cache(mut self, config: CacheConfig) -> Self {
        self.cache = Some(config);
        self
    }

    /// The same with a fallback for failures with these codes.
    #[must_use]
    pub const fn fallback(mut self, codes: CodeSet) -> Self {
        self.fallback = Some(codes);
        self
    }

    /// Others with these over them, policy by policy.
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

/// What a server's own attributes say of one method, over its contract.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Overrides {
    /// The policies that the server has of its own; those that it has not are
    /// the contract's.
    pub server: SidePolicies,
}

impl Overrides {
    /// Leaves everything as the contract says.
    pub const NONE: Self = Self::of(SidePolicies::NONE);

    /// These in place of the contract's.
    pub const fn of(server: SidePolicies) -> Self {
        Self { server }
    }

    /// A server's policies with these over them.
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
