//! kit's policies as a user puts them before a call by hand.
//!
//! These read their own clocks, each policy once or twice a call.

use std::time::Duration;

use kit::policy::breaker::{Breaker, BreakerConfig};
use kit::policy::cache::{Cache, CacheConfig};
use kit::policy::concurrency::{ConcurrencyConfig, ConcurrencyLimiter};
use kit::policy::fallback::Fallback;
use kit::policy::hedge::{Hedge, HedgeConfig};
use kit::policy::rate_limit::RateLimiter;
use kit::policy::retry::{Retry, RetryConfig};
use kit::policy::shed::{ShedConfig, Shedder};
use kit::policy::throttle::{Throttle, ThrottleConfig};
use kit::{Chain, Context, Endpoint, Identity, Method, MethodMeta, Middleware, Outcome, Status};

use crate::Case;
use crate::kit_alone::{KEYED, KEYS, Keys, OFTEN, ONCE, SECOND};
use crate::run::{Measured, Run};

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "call" => |run| answers(run, Identity),
        "breaker-ok-call" => |run| answers(run, Breaker::new(BreakerConfig::new())),
        "breaker-refuses-call" => breaker_refuses,
        "throttle-ok-call" => |run| answers(run, Throttle::new(ThrottleConfig::new())),
        "rate-ok-call" => |run| answers(run, RateLimiter::new(OFTEN)),
        "rate-refuses-call" => rate_refuses,
        "rate-keyed-call" => rate_keyed,
        "concurrency-call" => {
            |run| answers(run, ConcurrencyLimiter::new(ConcurrencyConfig::new(100)))
        }
        "concurrency-adaptive-call" => {
            |run| answers(run, ConcurrencyLimiter::new(ConcurrencyConfig::adaptive()))
        }
        "shed-call" => |run| answers(run, Shedder::new(ShedConfig::new().cpu(1.0))),
        "retry-call" => |run| answers(run, Retry::new(RetryConfig::new())),
        "hedge-call" => |run| answers(run, Hedge::new(HedgeConfig::new().after(SECOND))),
        "fallback-call" => |run| answers(run, Fallback::value(0)),
        "cache-call" => cache,
        "chain-call" => chain,
        _ => return None,
    })
}

/// A method whose request can be sent twice, and be a key.
struct Double;

impl Method for Double {
    type Request = i64;
    type Response = i64;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Calc", "double", "Double");
}

/// Is ready when it is asked.
struct Ready;

impl Endpoint<Double> for Ready {
    async fn call(&self, _: &Context, n: i64) -> Outcome<Double> {
        Ok(2 * n)
    }
}

fn answers(run: Run, policy: impl Middleware<Double>) -> Measured {
    ends(run, policy, |outcome| matches!(outcome, Ok(42)))
}

fn ends(
    run: Run,
    policy: impl Middleware<Double>,
    is_right: fn(&Outcome<Double>) -> bool,
) -> Measured {
    let endpoint = &Chain::new(policy, Ready);
    run.futures(|| {
        let cx = Context::new();
        async move || is_right(&endpoint.call(&cx, 21).await)
    })
}

fn is_refused(outcome: &Outcome<Double>) -> bool {
    matches!(outcome, Err(status) if status.refusal().is_some())
}

fn breaker_refuses(run: Run) -> Measured {
    let breaker = Breaker::new(BreakerConfig::new());
    breaker.force_open();
    ends(run, breaker, is_refused)
}

fn rate_refuses(run: Run) -> Measured {
    let limiter = RateLimiter::new(ONCE);
    assert!(limiter.admit(std::time::Instant::now()).is_ok());
    ends(run, limiter, is_refused)
}

fn rate_keyed(run: Run) -> Measured {
    let limiter = RateLimiter::new(KEYED).keyed_by(|_: &Context, n: &i64| n.to_le_bytes());
    for key in 0..KEYS {
        let key = key.to_le_bytes();
        let admitted = limiter.limiter().admit_key(&key, std::time::Instant::now());
        assert!(admitted.is_ok());
    }
    let endpoint = &Chain::new(limiter, Ready);
    run.futures(|| {
        let (cx, mut keys) = (Context::new(), Keys(0));
        async move || endpoint.call(&cx, keys.next() as i64).await.is_ok()
    })
}

fn cache(run: Run) -> Measured {
    let cache = Cache::<i64, i64>::new(CacheConfig::new(Duration::from_secs(86_400)));
    cache.insert(21, 42, std::time::Instant::now());
    answers(run, cache)
}

fn chain(run: Run) -> Measured {
    let chain = kit::stack![
        Retry::new(RetryConfig::new()),
        Breaker::new(BreakerConfig::new()),
        RateLimiter::new(OFTEN),
        ConcurrencyLimiter::new(ConcurrencyConfig::new(100)),
    ];
    answers(run, chain)
}
