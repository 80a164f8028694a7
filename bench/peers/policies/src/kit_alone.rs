//! kit's policies without a call: the decision, and the word of how it ended.
//!
//! They are told the time, as a chain reads its clock once and passes it on.

use std::time::Duration;

use kit::Code;
use kit::policy::OutcomeClass;
use kit::policy::breaker::{Breaker, BreakerConfig};
use kit::policy::cache::{Cache, CacheConfig, Found};
use kit::policy::concurrency::{ConcurrencyConfig, ConcurrencyLimiter};
use kit::policy::hedge::{Hedge, HedgeConfig, Try};
use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimiter};
use kit::policy::retry::{Retry, RetryBudget, RetryConfig};
use kit::policy::shed::{ShedConfig, Shedder};
use kit::policy::throttle::{Throttle, ThrottleConfig};

use crate::Case;
use crate::run::{Measured, Run, Ticks};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// Never refuses.
pub(crate) const OFTEN: RateLimitConfig = RateLimitConfig::new(Rate::new(1_000_000_000, SECOND));
/// Lets one call pass.
pub(crate) const ONCE: RateLimitConfig =
    RateLimitConfig::new(Rate::new(1, Duration::from_secs(86_400)));
pub(crate) const KEYS: u64 = 10_000;
pub(crate) const KEYED: RateLimitConfig = OFTEN
    .key(RateLimitKey::Argument("id"))
    .max_keys(2 * KEYS as u32);

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "breaker-ok" => breaker_ok,
        "breaker-refuses" => breaker_refuses,
        "throttle-ok" => throttle_ok,
        "rate-ok" => rate_ok,
        "rate-refuses" => rate_refuses,
        "rate-keyed" => rate_keyed,
        "concurrency" => concurrency,
        "concurrency-adaptive" => concurrency_adaptive,
        "shed" => shed,
        "retry" => retry,
        "budget" => budget,
        "hedge" => hedge,
        "cache" => cache,
        _ => return None,
    })
}

fn breaker_ok(run: Run) -> Measured {
    breaker(run, &Breaker::new(BreakerConfig::new()), true)
}

fn breaker_refuses(run: Run) -> Measured {
    let breaker_open = Breaker::new(BreakerConfig::new());
    breaker_open.force_open();
    breaker(run, &breaker_open, false)
}

fn breaker(run: Run, breaker: &Breaker, admits: bool) -> Measured {
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let now = ticks.next();
            match breaker.admit(now) {
                Ok(permit) => {
                    permit.record(OutcomeClass::Success, now);
                    admits
                }
                Err(_) => !admits,
            }
        }
    })
}

fn throttle_ok(run: Run) -> Measured {
    let throttle = &Throttle::new(ThrottleConfig::new());
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let now = ticks.next();
            throttle
                .admit(now)
                .map(|permit| permit.record(OutcomeClass::Success, now))
                .is_ok()
        }
    })
}

fn rate_ok(run: Run) -> Measured {
    let limiter = &RateLimiter::new(OFTEN);
    run.calls(|| {
        let mut ticks = Ticks::every(Duration::from_nanos(1));
        move || limiter.admit(ticks.next()).is_ok()
    })
}

fn rate_refuses(run: Run) -> Measured {
    let limiter = &RateLimiter::new(ONCE);
    let mut ticks = Ticks::new();
    assert!(limiter.admit(ticks.next()).is_ok());
    run.calls(|| {
        let mut ticks = ticks;
        move || limiter.admit(ticks.next()).is_err()
    })
}

fn rate_keyed(run: Run) -> Measured {
    let limiter = &RateLimiter::new(KEYED);
    let mut ticks = Ticks::new();
    for key in 0..KEYS {
        assert!(limiter.admit_key(&key.to_le_bytes(), ticks.next()).is_ok());
    }
    run.calls(|| {
        let (mut ticks, mut keys) = (ticks, Keys(0));
        move || {
            limiter
                .admit_key(&keys.next().to_le_bytes(), ticks.next())
                .is_ok()
        }
    })
}

/// All keys in turn, neighbours far apart.
pub(crate) struct Keys(pub(crate) u64);

impl Keys {
    #[inline]
    pub(crate) fn next(&mut self) -> u64 {
        // Coprime to their number.
        self.0 = (self.0 + 7_919) % KEYS;
        self.0
    }
}

fn concurrency(run: Run) -> Measured {
    let limiter = &ConcurrencyLimiter::new(ConcurrencyConfig::new(100));
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || limiter.admit(ticks.next()).is_ok()
    })
}

fn concurrency_adaptive(run: Run) -> Measured {
    let limiter = &ConcurrencyLimiter::new(ConcurrencyConfig::adaptive());
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let permit = limiter.admit(ticks.next());
            permit
                .map(|permit| permit.record(Code::Ok, ticks.next()))
                .is_ok()
        }
    })
}

fn shed(run: Run) -> Measured {
    let shedder = &Shedder::new(ShedConfig::new().cpu(1.0));
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let now = ticks.next();
            shedder.admit(now).map(|permit| permit.record(now)).is_ok()
        }
    })
}

fn retry(run: Run) -> Measured {
    let retry = &Retry::new(RetryConfig::new());
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || !retry.begin(ticks.next()).is_last()
    })
}

/// What a call earns pays for a retry at once.
fn budget(run: Run) -> Measured {
    let budget = &RetryBudget::new();
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let now = ticks.next();
            budget.earn(1.0, now);
            budget.spend(now)
        }
    })
}

fn hedge(run: Run) -> Measured {
    let hedge = &Hedge::new(HedgeConfig::new().after(SECOND));
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let now = ticks.next();
            let hedging = hedge.begin(now);
            let is_armed = hedging.delay().is_some();
            hedging.succeeded(Try::First, now);
            is_armed
        }
    })
}

fn cache(run: Run) -> Measured {
    let cache = &Cache::new(CacheConfig::new(Duration::from_secs(86_400)));
    let mut ticks = Ticks::new();
    cache.insert(21, 42, ticks.next());
    run.calls(|| {
        let mut ticks = ticks;
        move || matches!(cache.get(&21, ticks.next()), Found::Fresh(42))
    })
}
