//! A shared limiter with a store that gives scripted responses.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::*;
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Chain, Endpoint, EndpointFn};
use crate::model::method::Method;
use crate::model::policies::rate_limit::{Rate, RateLimitKey, RateLimitStore};
use crate::model::status::Status;
use crate::model::status::refusal::{Quota, RefusalReason};

const SECOND: Duration = Duration::from_secs(1);
const GRANTED: Option<StoreAnswer> = Some(StoreAnswer::Granted {
    wait: Duration::ZERO,
});

/// A recorded request.
#[derive(Clone, Debug, PartialEq)]
struct Recorded {
    limiter: String,
    key: Vec<u8>,
    limit: BucketLimit,
    total: Option<BucketLimit>,
    longest: Duration,
    wait_max: Duration,
}

#[derive(Clone, Debug, Default)]
struct Scripted(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    responses: VecDeque<Option<StoreAnswer>>,
    recorded: Vec<Recorded>,
    away: bool,
}

impl Scripted {
    fn script<R>(&self, read: impl FnOnce(&mut Script) -> R) -> R {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets the next responses; later ones grant.
    fn respond(&self, responses: &[Option<StoreAnswer>]) {
        self.script(|script| script.responses.extend(responses));
    }

    fn last(&self) -> Recorded {
        self.script(|script| script.recorded.last().unwrap().clone())
    }
}

impl SharedStore for Scripted {
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a> {
        let recorded = Recorded {
            limiter: request.limiter.to_owned(),
            key: request.key.to_vec(),
            limit: request.limit,
            total: request.total,
            longest: request.longest,
            wait_max: request.wait_max,
        };
        let response = self.script(|script| {
            script.recorded.push(recorded);
            script.responses.pop_front().unwrap_or(GRANTED)
        });
        Box::pin(async move { response })
    }

    fn is_away(&self) -> bool {
        self.script(|script| script.away)
    }
}

fn config(count: u32) -> RateLimitConfig {
    RateLimitConfig::new(Rate::new(count, SECOND))
}

fn shared(config: RateLimitConfig) -> (SharedRateLimiter, Scripted) {
    let store = Scripted::default();
    (SharedRateLimiter::new("test", config, store.clone()), store)
}

#[tokio::test(start_paused = true)]
async fn call_that_waits_by_the_store_is_queued() {
    let (limiter, store) = shared(config(2).wait(SECOND));
    let wait = SECOND / 2;
    store.respond(&[Some(StoreAnswer::Granted { wait })]);
    let mut waits = Box::pin(limiter.admit());
    assert!(tokio::time::timeout(wait / 2, &mut waits).await.is_err());
    assert_eq!(limiter.queued(), 1);
    assert!(waits.await.is_ok());
    assert_eq!(limiter.queued(), 0);
}

/// How many of `calls` calls pass.
async fn passed(limiter: &SharedRateLimiter, calls: usize) -> usize {
    let mut passed = 0;
    for _ in 0..calls {
        passed += usize::from(limiter.admit().await.is_ok());
    }
    passed
}

#[tokio::test(start_paused = true)]
async fn available_store_decides_alone() {
    let (limiter, store) = shared(config(2));
    assert_eq!(passed(&limiter, 10).await, 10);
    let refused = StoreAnswer::Refused {
        by_total: false,
        wait: SECOND / 4,
        taken: SECOND,
    };
    store.respond(&[Some(refused)]);
    tokio::time::advance(10 * SECOND).await;
    let refusal = limiter.admit().await.unwrap_err();
    assert_eq!(refusal.reason(), RefusalReason::RateExceeded);
    assert_eq!(refusal.retry_after(), Some(SECOND / 4));
    let quota = Quota {
        limit: 2,
        window: SECOND,
        remaining: 0,
        reset: SECOND / 2,
    };
    assert_eq!(refusal.quota(), Some(quota));
    assert_eq!((limiter.refused(), limiter.fallbacks()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn process_decides_by_the_same_values_without_a_response() {
    let (limiter, store) = shared(config(3));
    store.respond(&[None; 5]);
    assert_eq!(passed(&limiter, 5).await, 3);
    assert_eq!((limiter.refused(), limiter.fallbacks()), (2, 5));
    assert_eq!(passed(&limiter, 5).await, 5);
    assert_eq!(limiter.fallbacks(), 5);
}

#[tokio::test(start_paused = true)]
async fn store_known_to_be_unavailable_is_not_called() {
    let (limiter, store) = shared(config(3));
    store.script(|script| script.away = true);
    assert!(limiter.is_away());
    assert_eq!(passed(&limiter, 5).await, 3);
    assert_eq!(store.script(|script| script.recorded.len()), 0);
}

/// Otherwise a store that fails repeatedly would admit a whole burst each
/// time.
#[tokio::test(start_paused = true)]
async fn process_continues_from_what_it_has_used() {
    let (limiter, store) = shared(config(10));
    assert_eq!(passed(&limiter, 8).await, 8);
    store.respond(&[None; 5]);
    assert_eq!(passed(&limiter, 5).await, 2);
    // It does not owe what the store admitted beyond its own limit.
    assert_eq!(passed(&limiter, 100).await, 100);
    tokio::time::advance(SECOND / 10).await;
    store.respond(&[None; 5]);
    assert_eq!(passed(&limiter, 5).await, 1);
}

#[tokio::test(start_paused = true)]
async fn call_waits_for_the_turn_of_the_store() {
    let (limiter, store) = shared(config(10).wait(SECOND));
    let wait = Duration::from_millis(300);
    store.respond(&[Some(StoreAnswer::Granted { wait }), None]);
    let start = Instant::now();
    assert_eq!(limiter.admit().await, Ok(()));
    assert_eq!(start.elapsed(), wait);
    assert_eq!(
        (store.last().longest, store.last().wait_max),
        (SECOND, SECOND)
    );
    // With the store unavailable, it waits for its local turn.
    for _ in 0..9 {
        limiter.admit().await.unwrap();
    }
    store.respond(&[None; 2]);
    let start = Instant::now();
    assert_eq!(passed(&limiter, 2).await, 2);
    assert_eq!(start.elapsed(), Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn call_waits_at_most_until_its_deadline() {
    let (limiter, store) = shared(config(10).wait(SECOND));
    let cx = Context::new().with_timeout(SECOND / 5);
    cx.scope(limiter.admit()).await.unwrap();
    assert_eq!(
        (store.last().longest, store.last().wait_max),
        (SECOND / 5, SECOND)
    );
}

#[tokio::test(start_paused = true)]
async fn request_has_the_limits_of_key_and_total() {
    let each = config(10).burst(4).cost(2).key(RateLimitKey::Peer);
    let (limiter, store) = shared(each.total(Rate::new(100, SECOND)));
    limiter.admit_key(b"alice").await.unwrap();
    let recorded = Recorded {
        limiter: "test".to_owned(),
        key: b"alice".to_vec(),
        limit: BucketLimit::new(SECOND / 5, SECOND * 2 / 5),
        total: Some(BucketLimit::new(SECOND / 50, SECOND)),
        longest: Duration::ZERO,
        wait_max: Duration::ZERO,
    };
    assert_eq!(store.last(), recorded);
    let by_total = StoreAnswer::Refused {
        by_total: true,
        wait: SECOND,
        taken: SECOND,
    };
    store.respond(&[Some(by_total), None, None]);
    let refusal = limiter.admit_key(b"bob").await.unwrap_err();
    assert_eq!(refusal.quota().map(|quota| quota.limit), Some(100));
    // The process decides by key too: alice has used one of two.
    assert!(limiter.admit_key(b"alice").await.is_ok());
    assert!(limiter.admit_key(b"alice").await.is_err());
    store.respond(&[None]);
    assert!(limiter.admit_key(b"bob").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn configure_affects_the_next_call() {
    let (limiter, store) = shared(config(10));
    limiter.configure(config(20)).unwrap();
    limiter.admit().await.unwrap();
    assert_eq!(store.last().limit, BucketLimit::new(SECOND / 20, SECOND));
    let keyed = limiter.configure(config(20).key(RateLimitKey::Peer));
    assert_eq!(
        keyed.map_err(|invalid| invalid.problem()),
        Err("`key` must stay as it is while the limiter runs")
    );
}

#[tokio::test(start_paused = true)]
async fn middleware_reads_the_key_from_the_context() {
    struct Echo;

    impl Method for Echo {
        type Request = ();
        type Response = ();
        type Error = Status;
        const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
    }

    let (limiter, store) = shared(config(10).key(RateLimitKey::Header("x-tenant")));
    let refused = StoreAnswer::Refused {
        by_total: false,
        wait: SECOND,
        taken: SECOND,
    };
    store.respond(&[GRANTED, Some(refused)]);
    let echo = Chain::new(limiter, EndpointFn::new(|_: Context, ()| async { Ok(()) }));
    let mut metadata = crate::model::metadata::Metadata::new();
    metadata.insert("x-tenant", "acme").unwrap();
    let call = crate::model::context::AcceptedCall::new(metadata, None, http::Extensions::new());
    let cx = call.context();
    Endpoint::<Echo>::call(&echo, cx, ()).await.unwrap();
    assert_eq!(store.last().key, b"acme");
    let status = Endpoint::<Echo>::call(&echo, cx, ()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
}

#[test]
#[should_panic(expected = "`store` must be local: a `SharedRateLimiter` counts elsewhere")]
fn local_limiter_with_a_shared_store_panics() {
    let _ = RateLimiter::new(config(1).store(RateLimitStore::Named("redis")));
}

#[test]
fn local_limiter_refuses_a_shared_store() {
    let limiter = RateLimiter::new(config(1));
    let shared = config(1).store(RateLimitStore::Named("redis"));
    let problem = limiter.configure(shared).unwrap_err().problem();
    assert_eq!(
        problem,
        "`store` must be local: a `SharedRateLimiter` counts elsewhere"
    );
    assert_eq!(limiter.config(), config(1));
}
