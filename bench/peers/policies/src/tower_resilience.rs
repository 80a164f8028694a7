//! tower-resilience, each layer with its defaults where those let calls pass.

use std::time::Duration;

use tower::{Layer, ServiceBuilder};
use tower_resilience_adaptive::{AdaptiveLimiterLayer, Gradient2};
use tower_resilience_bulkhead::BulkheadLayer;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_resilience_hedge::HedgeLayer;
use tower_resilience_ratelimiter::RateLimiterLayer;
use tower_resilience_retry::{RetryBudgetBuilder, RetryLayer};
use tower_resilience_timelimiter::TimeLimiterLayer;

use crate::Case;
use crate::run::{Measured, Run};
use crate::tower_layers::{Failed, answers, call, inner};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "breaker-ok" => |run| answers(run, breaker().layer(inner())),
        "breaker-refuses" => breaker_refuses,
        "rate-ok" => |run| answers(run, rate(1_000_000_000, SECOND).layer(inner())),
        "rate-refuses" => rate_refuses,
        "concurrency" => |run| answers(run, bulkhead().layer(inner())),
        "concurrency-adaptive" => adaptive,
        "retry" => |run| answers(run, retry().layer(inner())),
        "hedge" => |run| answers(run, HedgeLayer::new(SECOND).layer(inner())),
        "timeout" => |run| answers(run, timeout().layer(inner())),
        "chain" => chain,
        _ => return None,
    })
}

fn breaker() -> CircuitBreakerLayer {
    CircuitBreakerLayer::builder()
        .wait_duration_in_open(DAY)
        .build()
        .expect("these are valid")
}

fn breaker_refuses(run: Run) -> Measured {
    let service = breaker().layer(inner());
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("tokio starts")
        .block_on(async {
            let mut service = service.clone();
            for _ in 0..1_000 {
                call(&mut service, -1).await;
            }
        });
    run.futures(|| {
        let mut service = service.clone();
        async move || call(&mut service, 21).await.is_none()
    })
}

fn rate(limit: usize, period: Duration) -> RateLimiterLayer {
    RateLimiterLayer::builder()
        .limit_for_period(limit)
        .refresh_period(period)
        .timeout_duration(Duration::ZERO)
        .build()
        .expect("these are valid")
}

fn rate_refuses(run: Run) -> Measured {
    let service = rate(1, DAY).layer(inner());
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("tokio starts")
        .block_on(async { assert_eq!(call(&mut service.clone(), 21).await, Some(42)) });
    run.futures(|| {
        let mut service = service.clone();
        async move || call(&mut service, 21).await.is_none()
    })
}

fn bulkhead() -> BulkheadLayer {
    BulkheadLayer::builder()
        .max_concurrent_calls(100)
        .reject_when_full()
        .build()
        .expect("these are valid")
}

fn adaptive(run: Run) -> Measured {
    let gradient = Gradient2::builder()
        .build()
        .expect("the defaults are valid");
    answers(run, AdaptiveLimiterLayer::new(gradient).layer(inner()))
}

fn retry() -> RetryLayer<i64, i64, Failed> {
    let budget = RetryBudgetBuilder::new().token_bucket();
    RetryLayer::builder()
        .budget(budget.build().expect("the defaults are valid"))
        .build()
}

fn timeout() -> TimeLimiterLayer {
    TimeLimiterLayer::builder().timeout_duration(SECOND).build()
}

fn chain(run: Run) -> Measured {
    // Its retry wants one error type, which is that of the breaker's service.
    let retry = RetryLayer::builder().build();
    let service = ServiceBuilder::new()
        .layer(timeout())
        .layer(retry)
        .layer(breaker())
        .layer(rate(1_000_000_000, SECOND))
        .layer(bulkhead())
        .service(inner());
    answers(run, service)
}
