//! tower's own layers, and its retry with its budget.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use tower::limit::{ConcurrencyLimitLayer, RateLimitLayer};
use tower::load_shed::LoadShedLayer;
use tower::retry::budget::{Budget, TpsBudget};
use tower::retry::{Policy, RetryLayer};
use tower::timeout::TimeoutLayer;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::Case;
use crate::run::{Measured, Run};

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "call" => |run| answers(run, inner()),
        "timeout" => |run| answers(run, TimeoutLayer::new(SECOND).layer(inner())),
        "concurrency" => |run| answers(run, ConcurrencyLimitLayer::new(100).layer(inner())),
        "load-shed" => |run| answers(run, LoadShedLayer::new().layer(inner())),
        "rate-ok" => rate_ok,
        "retry" => |run| answers(run, RetryLayer::new(Budgeted::new()).layer(inner())),
        "budget" => budget,
        "chain" => chain,
        _ => return None,
    })
}

/// Twice the number, at once; a negative one fails.
pub(crate) fn inner()
-> impl Service<i64, Response = i64, Error = Failed, Future = Ready<Result<i64, Failed>>>
+ Clone
+ Send
+ Sync
+ 'static {
    service_fn(|n: i64| ready(if n < 0 { Err(Failed) } else { Ok(2 * n) }))
}

#[derive(Clone, Debug)]
pub(crate) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("negative")
    }
}

impl std::error::Error for Failed {}

/// Each thread has a clone, as each connection of a server has.
pub(crate) fn answers<S>(run: Run, service: S) -> Measured
where
    S: Service<i64, Response = i64> + Clone + Send,
{
    run.futures(|| {
        let mut service = service.clone();
        async move || call(&mut service, 21).await == Some(42)
    })
}

pub(crate) async fn call<S: Service<i64, Response = i64>>(service: &mut S, n: i64) -> Option<i64> {
    service.ready().await.ok()?.call(n).await.ok()
}

fn rate_ok(run: Run) -> Measured {
    run.futures(|| {
        // Not shared: it can't be cloned.
        let mut service = RateLimitLayer::new(1_000_000_000, SECOND).layer(inner());
        async move || call(&mut service, 21).await == Some(42)
    })
}

/// Retries what failed while there is budget.
#[derive(Clone)]
struct Budgeted(Arc<TpsBudget>);

impl Budgeted {
    fn new() -> Self {
        Self(Arc::new(TpsBudget::default()))
    }
}

impl<E> Policy<i64, i64, E> for Budgeted {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut i64, result: &mut Result<i64, E>) -> Option<Ready<()>> {
        match result {
            Ok(_) => {
                self.0.deposit();
                None
            }
            Err(_) => self.0.withdraw().then(|| ready(())),
        }
    }

    fn clone_request(&mut self, n: &i64) -> Option<i64> {
        Some(*n)
    }
}

/// A retry each call, each of which pays for one.
fn budget(run: Run) -> Measured {
    let budget = &TpsBudget::new(Duration::from_secs(10), 10, 1.0);
    run.calls(|| {
        move || {
            budget.deposit();
            budget.withdraw()
        }
    })
}

/// What tower has of a chain: no breaker, and a rate limit that needs a queue
/// and a task of its own to be shared.
fn chain(run: Run) -> Measured {
    let service = ServiceBuilder::new()
        .layer(TimeoutLayer::new(SECOND))
        .layer(RetryLayer::new(Budgeted::new()))
        .layer(ConcurrencyLimitLayer::new(100))
        .map_err(|error: Failed| -> BoxError { error.into() })
        .service(inner());
    answers(run, service)
}
