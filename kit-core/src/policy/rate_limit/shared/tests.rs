//! A shared limiter with a store that answers what it is told.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

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

/// What was asked.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
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
    answers: VecDeque<Option<StoreAnswer>>,
    asked: Vec<Asked>,
    away: bool,
}

impl Scripted {
    fn script<R>(&self, read: impl FnOnce(&mut Script) -> R) -> R {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// These answers, then grants.
    fn answers(&self, answers: &[Option<StoreAnswer>]) {
        self.script(|script| script.answers.extend(answers));
    }

    fn last(&self) -> Asked {
        self.script(|script| script.asked.last().unwrap().clone())
    }
}

impl SharedStore for Scripted {
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a> {
        let asked = Asked {
            limiter: request.limiter.to_owned(),
            key: request.key.to_vec(),
            limit: request.limit,
            total: request.total,
            longest: request.longest,
            wait_max: request.wait_max,
        };
        let answer = self.script(|script| {
            script.asked.push(asked);
            script.answers.pop_front().unwrap_or(GRANTED)
        });
        Box::pin(async move { answer })
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
async fn who_waits_as_the_store_says_is_counted() {
    let (limiter, store) = shared(config(2).wait(SECOND));
    let wait = SECOND / 2;
    store.answers(&[Some(StoreAnswer::Granted { wait })]);
    let mut waits = Box::pin(limiter.admit());
    assert!(tokio::time::timeout(wait / 2, &mut waits).await.is_err());
    assert_eq!(limiter.queued(), 1);
    assert!(waits.await.is_ok());
    assert_eq!(limiter.queued(), 0);
}

/// How many of so many calls pass.
async fn passed(limiter: &SharedRateLimiter, calls: usize) -> usize {
    let mut passed = 0;
    for _ in 0..calls {
        passed += usize::from(limiter.admit().await.is_ok());
    }
    passed
}

#[tokio::test(start_paused = true)]
async fn while_the_store_answers_it_alone_judges() {
    let (limiter, store) = shared(config(2));
    assert_eq!(passed(&limiter, 10).await, 10);
    let refused = StoreAnswer::Refused {
        by_total: false,
        wait: SECOND / 4,
        taken: SECOND,
    };
    store.answers(&[Some(refused)]);
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
async fn without_an_answer_the_process_judges_by_the_same_values() {
    let (limiter, store) = shared(config(3));
    store.answers(&[None; 5]);
    assert_eq!(passed(&limiter, 5).await, 3);
    assert_eq!((limiter.refused(), limiter.fallbacks()), (2, 5));
    assert_eq!(passed(&limiter, 5).await, 5);
    assert_eq!(limiter.fallbacks(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_known_to_be_away_is_not_asked() {
    let (limiter, store) = shared(config(3));
    store.script(|script| script.away = true);
    assert!(limiter.is_away());
    assert_eq!(passed(&limiter, 5).await, 3);
    assert_eq!(store.script(|script| script.asked.len()), 0);
}

/// Were it not so, a store that comes and goes would let a whole burst pass
/// each time.
#[tokio::test(start_paused = true)]
async fn a_process_goes_on_from_what_it_has_used() {
    let (limiter, store) = shared(config(10));
    assert_eq!(passed(&limiter, 8).await, 8);
    store.answers(&[None; 5]);
    assert_eq!(passed(&limiter, 5).await, 2);
    // Nor does it owe what the store allowed beyond its own limit.
    assert_eq!(passed(&limiter, 100).await, 100);
    tokio::time::advance(SECOND / 10).await;
    store.answers(&[None; 5]);
    assert_eq!(passed(&limiter, 5).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_the_turn_that_the_store_gave_it() {
    let (limiter, store) = shared(config(10).wait(SECOND));
    let wait = Duration::from_millis(300);
    store.answers(&[Some(StoreAnswer::Granted { wait }), None]);
    let start = Instant::now();
    assert_eq!(limiter.admit().await, Ok(()));
    assert_eq!(start.elapsed(), wait);
    assert_eq!(
        (store.last().longest, store.last().wait_max),
        (SECOND, SECOND)
    );
    // Away, it waits for its turn here.
    for _ in 0..9 {
        limiter.admit().await.unwrap();
    }
    store.answers(&[None; 2]);
    let start = Instant::now();
    assert_eq!(passed(&limiter, 2).await, 2);
    assert_eq!(start.elapsed(), Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn no_call_waits_past_its_deadline() {
    let (limiter, store) = shared(config(10).wait(SECOND));
    let cx = Context::new().with_timeout(SECOND / 5);
    cx.scope(limiter.admit()).await.unwrap();
    assert_eq!(
        (store.last().longest, store.last().wait_max),
        (SECOND / 5, SECOND)
    );
}

#[tokio::test(start_paused = true)]
async fn the_store_is_asked_for_the_key_and_for_all_keys() {
    let each = config(10).burst(4).cost(2).key(RateLimitKey::Peer);
    let (limiter, store) = shared(each.total(Rate::new(100, SECOND)));
    limiter.admit_key(b"alice").await.unwrap();
    let asked = Asked {
        limiter: "test".to_owned(),
        key: b"alice".to_vec(),
        limit: BucketLimit::new(SECOND / 5, SECOND * 2 / 5),
        total: Some(BucketLimit::new(SECOND / 50, SECOND)),
        longest: Duration::ZERO,
        wait_max: Duration::ZERO,
    };
    assert_eq!(store.last(), asked);
    let by_total = StoreAnswer::Refused {
        by_total: true,
        wait: SECOND,
        taken: SECOND,
    };
    store.answers(&[Some(by_total), None, None]);
    let refusal = limiter.admit_key(b"bob").await.unwrap_err();
    assert_eq!(refusal.quota().map(|quota| quota.limit), Some(100));
    // The process judges by key too: alice has used one of two.
    assert!(limiter.admit_key(b"alice").await.is_ok());
    assert!(limiter.admit_key(b"alice").await.is_err());
    store.answers(&[None]);
    assert!(limiter.admit_key(b"bob").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn other_values_hold_with_the_next_call() {
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
async fn before_a_method_the_key_is_the_callers() {
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
    store.answers(&[GRANTED, Some(refused)]);
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
fn a_limiter_of_this_process_is_never_taken_for_a_shared_one() {
    let _ = RateLimiter::new(config(1).store(RateLimitStore::Named("redis")));
}

#[test]
fn a_limit_is_not_shared_by_a_limiter_of_this_process() {
    let limiter = RateLimiter::new(config(1));
    let shared = config(1).store(RateLimitStore::Named("redis"));
    let told = limiter.configure(shared).unwrap_err().problem();
    assert_eq!(
        told,
        "`store` must be local: a `SharedRateLimiter` counts elsewhere"
    );
    assert_eq!(limiter.config(), config(1));
}
