//! Single policies by others: governor, failsafe, tokio.

use std::future::{poll_fn, ready};
use std::num::NonZeroU32;
use std::task::Poll;
use std::time::Duration;

use failsafe::{CircuitBreaker, Config, backoff, failure_policy};
use governor::{Quota, RateLimiter};
use tokio::sync::Semaphore;

use crate::Case;
use crate::kit_alone::{KEYS, Keys};
use crate::run::{Measured, Run};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "governor-ok" => governor_ok,
        "governor-refuses" => governor_refuses,
        "governor-keyed" => governor_keyed,
        "failsafe-ok" => failsafe_ok,
        "failsafe-refuses" => failsafe_refuses,
        "tokio-semaphore" => tokio_semaphore,
        "tokio-timeout" => tokio_timeout,
        "tokio-timeout-pending" => tokio_timeout_pending,
        _ => return None,
    })
}

fn often() -> Quota {
    Quota::per_second(NonZeroU32::new(1_000_000_000).expect("isn't zero"))
}

fn governor_ok(run: Run) -> Measured {
    let limiter = &RateLimiter::direct(often());
    run.calls(|| || limiter.check().is_ok())
}

fn governor_refuses(run: Run) -> Measured {
    let once = Quota::with_period(DAY).expect("isn't zero");
    let limiter = &RateLimiter::direct(once);
    assert!(limiter.check().is_ok());
    run.calls(|| || limiter.check().is_err())
}

fn governor_keyed(run: Run) -> Measured {
    let limiter = &RateLimiter::keyed(often());
    for key in 0..KEYS {
        assert!(limiter.check_key(&key).is_ok());
    }
    run.calls(|| {
        let mut keys = Keys(0);
        move || limiter.check_key(&keys.next()).is_ok()
    })
}

fn failsafe_ok(run: Run) -> Measured {
    let breaker = &Config::new().build();
    run.calls(|| || matches!(breaker.call(|| Ok::<_, ()>(42)), Ok(42)))
}

fn failsafe_refuses(run: Run) -> Measured {
    let policy = failure_policy::consecutive_failures(1, backoff::constant(DAY));
    let breaker = &Config::new().failure_policy(policy).build();
    assert!(breaker.call(|| Err::<i64, _>(())).is_err());
    run.calls(|| {
        || {
            let outcome = breaker.call(|| Ok::<_, ()>(42));
            matches!(outcome, Err(failsafe::Error::Rejected))
        }
    })
}

fn tokio_semaphore(run: Run) -> Measured {
    let semaphore = &Semaphore::new(100);
    run.futures(|| async || semaphore.acquire().await.is_ok())
}

fn tokio_timeout(run: Run) -> Measured {
    run.futures(|| async || tokio::time::timeout(SECOND, ready(42)).await == Ok(42))
}

fn tokio_timeout_pending(run: Run) -> Measured {
    run.futures(|| async || tokio::time::timeout(SECOND, once_pending()).await == Ok(42))
}

/// Is ready when it is polled again.
pub(crate) fn once_pending() -> impl Future<Output = i64> {
    let mut polled = false;
    poll_fn(move |_| {
        if polled {
            return Poll::Ready(42);
        }
        polled = true;
        Poll::Pending
    })
}
