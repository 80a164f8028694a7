//! The core beside a plain model; whole calls on a paused clock.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use proptest::prelude::*;
use tokio::task::JoinSet;
use tokio::time::{Instant as TokioInstant, sleep, timeout};

use super::*;
use crate::code::Code;
use crate::context::Context;
use crate::descriptor::MethodMeta;
use crate::endpoint::{Chain, Endpoint, EndpointFn};
use crate::metadata::Metadata;
use crate::method::Method;
use crate::status::Status;

const SECOND: Duration = Duration::from_secs(1);
const TTL: Duration = Duration::from_secs(100);

struct Echo;

impl Method for Echo {
    type Request = u32;
    type Response = u32;
    type Error = Status;
    const META: &'static MethodMeta = &MethodMeta::new("Test", "echo", "Echo");
}

/// What the cache is, in the plainest words.
#[derive(Default)]
struct Model {
    entries: HashMap<u8, (u32, u128, u128)>,
}

impl Model {
    fn get(&self, key: u8, now: u128) -> Found<u32> {
        match self.entries.get(&key) {
            Some((value, fresh, _)) if now < *fresh => Found::Fresh(*value),
            Some((value, _, stale)) if now < *stale => Found::Stale(*value),
            _ => Found::Nothing,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Get(u8),
    Insert(u8, u32, u64),
    Remove(u8),
    Clear,
    Configure(u64, Option<u64>),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0_u8..12;
    prop_oneof![
        60 => key.clone().prop_map(Step::Get),
        30 => (key.clone(), any::<u32>(), any::<u64>())
            .prop_map(|(key, value, seed)| Step::Insert(key, value, seed)),
        6 => key.prop_map(Step::Remove),
        1 => Just(Step::Clear),
        6 => (1_u64..5000, prop::option::of(1_u64..5000))
            .prop_map(|(ttl, stale)| Step::Configure(ttl, stale)),
        30 => (0_u64..800).prop_map(Step::Pass),
        6 => (0_u64..20_000).prop_map(Step::Pass),
    ]
}

fn config(ttl: u64, stale: Option<u64>) -> CacheConfig {
    let config = CacheConfig::new(Duration::from_millis(ttl));
    match stale {
        Some(stale) => config.stale(Duration::from_millis(stale)),
        None => config,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_cache_is_what_its_model_is(
        steps in prop::collection::vec(step(), 400),
    ) {
        let (mut ttl, mut stale) = (1000_u128, None);
        let cache = Cache::new(config(1000, None));
        let start = cache.start;
        let mut model = Model::default();
        let mut now = start;
        for step in steps {
            let at = (now - start).as_nanos();
            match step {
                Step::Get(key) => prop_assert_eq!(cache.get(&key, now), model.get(key, at)),
                Step::Insert(key, value, seed) => {
                    fastrand::seed(seed);
                    cache.insert(key, value, now);
                    // Five percent less, and up to ten more than that.
                    let part = ttl * 1_000_000 / 20;
                    fastrand::seed(seed);
                    let drawn = fastrand::u64(0..=2 * part as u64);
                    let fresh = at + ttl * 1_000_000 - part + u128::from(drawn);
                    let end = fresh + stale.map_or(0, u128::from) * 1_000_000;
                    model.entries.insert(key, (value, fresh, end));
                }
                Step::Remove(key) => {
                    cache.remove(&key);
                    model.entries.remove(&key);
                }
                Step::Clear => {
                    cache.clear();
                    model.entries.clear();
                }
                Step::Configure(next_ttl, next_stale) => {
                    prop_assert_eq!(cache.configure(config(next_ttl, next_stale)), Ok(()));
                    (ttl, stale) = (u128::from(next_ttl), next_stale);
                }
                Step::Pass(milliseconds) => now += Duration::from_millis(milliseconds),
            }
            prop_assert_eq!(cache.snapshot().entries, model.entries.len());
        }
    }
}

#[test]
fn entries_made_together_do_not_end_together() {
    fastrand::seed(5);
    let cache = Cache::new(CacheConfig::new(TTL).capacity(10_000));
    let start = cache.start;
    for key in 0..1000_u32 {
        cache.insert(key, key, start);
    }
    let fresh_at = |time| {
        let found = (0..1000).filter(|key| cache.get(key, start + time) != Found::Nothing);
        found.count()
    };
    assert_eq!(fresh_at(95 * SECOND - Duration::from_nanos(1)), 1000);
    let half = fresh_at(TTL);
    assert!((400..600).contains(&half), "{half}");
    assert_eq!(fresh_at(105 * SECOND), 0);
}

#[test]
fn there_are_never_more_entries_than_the_capacity() {
    for capacity in [1, 2, 7, 32, 1000] {
        let cache = Cache::new(CacheConfig::new(TTL).capacity(capacity));
        for key in 0..5000_u32 {
            cache.insert(key, key, cache.start);
            if let Found::Fresh(value) = cache.get(&(key / 2), cache.start) {
                assert_eq!(value, key / 2);
            }
        }
        let parts = cache.entries.num_shards();
        let most = (capacity as usize).next_multiple_of(parts);
        let entries = cache.snapshot().entries;
        assert!((1..=most).contains(&entries), "{entries} of {capacity}");
    }
}

#[test]
fn configuring_keeps_the_entries_up_to_the_new_capacity() {
    let cache = Cache::new(CacheConfig::new(TTL).capacity(16));
    for key in 0..10_u32 {
        cache.insert(key, key, cache.start);
    }
    assert!(cache.configure(CacheConfig::new(Duration::ZERO)).is_err());
    assert_eq!(
        cache.configure(CacheConfig::new(SECOND).capacity(16)),
        Ok(())
    );
    // Those that were there keep their time.
    assert_eq!(cache.get(&3, cache.start + 50 * SECOND), Found::Fresh(3));
    assert_eq!(
        cache.configure(CacheConfig::new(SECOND).capacity(4)),
        Ok(())
    );
    assert!(cache.snapshot().entries <= 4);
}

#[test]
fn each_wrong_value_is_named() {
    let check = |config: CacheConfig, key: &str| {
        let invalid = config.check().expect_err(key);
        assert!(invalid.problem().starts_with(key), "{invalid}");
    };
    check(CacheConfig::new(Duration::ZERO), "`ttl`");
    check(CacheConfig::new(TTL).capacity(0), "`capacity`");
    check(CacheConfig::new(TTL).stale(Duration::ZERO), "`stale`");
    assert_eq!(CacheConfig::new(TTL).check(), Ok(()));
}

/// Takes 10 ms a call, answers how many calls there were, and fails as told.
#[derive(Clone, Default)]
struct Peer {
    calls: Arc<AtomicU32>,
    failing: Arc<std::sync::Mutex<Option<Status>>>,
}

impl Peer {
    async fn answer(self) -> Result<u32, Status> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        sleep(Duration::from_millis(10)).await;
        match self.failing.lock().expect("unpoisoned").clone() {
            Some(status) => Err(status),
            None => Ok(number),
        }
    }

    fn fails(&self, status: Option<Status>) {
        *self.failing.lock().expect("unpoisoned") = status;
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// A cache before a peer, to be called from many tasks.
struct Cached {
    cache: Arc<Cache<u32, u32>>,
    peer: Peer,
}

impl Cached {
    fn new(config: CacheConfig) -> Self {
        Self {
            cache: Arc::new(Cache::new(config)),
            peer: Peer::default(),
        }
    }

    async fn call_with(&self, cx: &Context, key: u32) -> Result<u32, Status> {
        let peer = self.peer.clone();
        let next = EndpointFn::new(move |_: Context, _: u32| peer.clone().answer());
        let endpoint = Chain::new(Arc::clone(&self.cache), next);
        Endpoint::<Echo>::call(&endpoint, cx, key).await
    }

    async fn call(&self, key: u32) -> Result<u32, Status> {
        self.call_with(&Context::new(), key).await
    }

    /// Calls of one key, all at once.
    async fn calls(self: &Arc<Self>, number: usize, key: u32) -> Vec<Result<u32, Code>> {
        let mut calls = JoinSet::new();
        for _ in 0..number {
            let this = Arc::clone(self);
            calls.spawn(async move { this.call(key).await.map_err(|status| status.code()) });
        }
        calls.join_all().await
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_asked_for_once_in_its_time() {
    let cached = Cached::new(CacheConfig::new(SECOND));
    for _ in 0..5 {
        assert_eq!(cached.call(7).await.ok(), Some(1));
    }
    assert_eq!(cached.call(8).await.ok(), Some(2));
    sleep(2 * SECOND).await;
    assert_eq!(cached.call(7).await.ok(), Some(3));
    let snapshot = cached.cache.snapshot();
    assert_eq!((snapshot.fresh, snapshot.missed), (4, 3));
}

#[tokio::test(start_paused = true)]
async fn failures_are_not_kept() {
    let cached = Cached::new(CacheConfig::new(SECOND).coalesce(true));
    for status in [Status::unavailable(""), Status::not_found("")] {
        cached.peer.fails(Some(status));
        assert!(cached.call(7).await.is_err());
    }
    cached.peer.fails(None);
    assert_eq!(cached.call(7).await.ok(), Some(3));
}

#[tokio::test(start_paused = true)]
async fn equal_calls_at_once_are_one_where_they_coalesce() {
    let apart = Arc::new(Cached::new(CacheConfig::new(SECOND)));
    apart.calls(100, 7).await;
    assert_eq!(apart.peer.calls(), 100);

    let together = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    assert_eq!(together.calls(100, 7).await, vec![Ok(1); 100]);
    assert_eq!(together.peer.calls(), 1);
    assert_eq!(together.cache.snapshot().joined, 99);
    assert_eq!(together.cache.flights.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_of_other_keys_do_not_wait() {
    let cached = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    let start = TokioInstant::now();
    let (one, two) = tokio::join!(cached.calls(5, 1), cached.calls(5, 2));
    assert_eq!(start.elapsed(), Duration::from_millis(10));
    assert_eq!(cached.peer.calls(), 2);
    assert!(one.iter().all(|outcome| outcome == &one[0]));
    assert!(two.iter().all(|outcome| outcome == &two[0]));
}

#[tokio::test(start_paused = true)]
async fn a_failure_goes_to_all_who_wait_and_the_next_call_asks_again() {
    let cached = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    cached.peer.fails(Some(Status::unavailable("down")));
    let start = TokioInstant::now();
    assert_eq!(cached.calls(50, 7).await, vec![Err(Code::Unavailable); 50]);
    assert_eq!(cached.peer.calls(), 1);
    assert_eq!(start.elapsed(), Duration::from_millis(10));
    cached.peer.fails(None);
    assert_eq!(cached.call(7).await.ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn when_the_leader_goes_away_a_follower_leads() {
    let cached = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    let leader = Arc::clone(&cached);
    let leads = tokio::spawn(async move { leader.call(7).await });
    sleep(Duration::from_millis(4)).await;
    let follower = Arc::clone(&cached);
    let follows = tokio::spawn(async move { follower.calls(10, 7).await });
    sleep(Duration::from_millis(1)).await;
    leads.abort();
    assert_eq!(follows.await.expect("no panic"), vec![Ok(2); 10]);
    assert_eq!(cached.peer.calls(), 2);
    assert_eq!(cached.cache.flights.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_fails_for_the_deadline_of_another() {
    let cached = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    cached
        .peer
        .fails(Some(Status::deadline_exceeded("the leader's")));
    let leader = Arc::clone(&cached);
    let leads = tokio::spawn(async move { leader.call(7).await });
    sleep(Duration::from_millis(4)).await;
    let follower = Arc::clone(&cached);
    let follows = tokio::spawn(async move { follower.calls(10, 7).await });
    let failed = leads.await.expect("no panic");
    cached.peer.fails(None);
    assert_eq!(
        failed.map_err(|status| status.code()),
        Err(Code::DeadlineExceeded)
    );
    assert_eq!(follows.await.expect("no panic"), vec![Ok(2); 10]);
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_gives_up_disturbs_nobody() {
    let cached = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    let leader = Arc::clone(&cached);
    let leads = tokio::spawn(async move { leader.call(7).await });
    sleep(Duration::from_millis(4)).await;
    assert!(
        timeout(Duration::from_millis(1), cached.call(7))
            .await
            .is_err()
    );
    assert_eq!(leads.await.expect("no panic").ok(), Some(1));
    assert_eq!(cached.peer.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_serves_all_but_the_one_who_fetches_the_next() {
    let config = CacheConfig::new(SECOND).stale(10 * SECOND);
    let cached = Arc::new(Cached::new(config));
    assert_eq!(cached.call(7).await.ok(), Some(1));
    sleep(2 * SECOND).await;

    let fetches = Arc::clone(&cached);
    let fetches = tokio::spawn(async move { fetches.call(7).await });
    sleep(Duration::from_millis(1)).await;
    let start = TokioInstant::now();
    assert_eq!(cached.calls(20, 7).await, vec![Ok(1); 20]);
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(fetches.await.expect("no panic").ok(), Some(2));
    assert_eq!(cached.call(7).await.ok(), Some(2));
    assert_eq!(cached.peer.calls(), 2);

    sleep(12 * SECOND).await;
    assert_eq!(cached.call(7).await.ok(), Some(3), "too old to be given");
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_outlives_failures_and_no_domain_error() {
    let cached = Cached::new(CacheConfig::new(SECOND).stale(10 * SECOND));
    assert_eq!(cached.call(7).await.ok(), Some(1));
    sleep(2 * SECOND).await;
    cached.peer.fails(Some(Status::unavailable("down")));
    for calls in 2..5 {
        assert_eq!(cached.call(7).await.ok(), Some(1));
        assert_eq!(cached.peer.calls(), calls, "each tries anew");
    }
    cached.peer.fails(Some(Status::not_found("gone")));
    let outcome = cached.call(7).await;
    assert_eq!(outcome.map_err(|status| status.code()), Err(Code::NotFound));
    cached.peer.fails(Some(Status::unavailable("down")));
    let outcome = cached.call(7).await;
    assert_eq!(
        outcome.map_err(|status| status.code()),
        Err(Code::Unavailable)
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_under_way_when_its_key_is_removed_is_not_kept() {
    for coalesce in [false, true] {
        let cached = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(coalesce)));
        let caller = Arc::clone(&cached);
        let call = tokio::spawn(async move { caller.call(7).await });
        sleep(Duration::from_millis(5)).await;
        cached.cache.remove(&7);
        assert_eq!(call.await.expect("no panic").ok(), Some(1));
        assert_eq!(cached.call(7).await.ok(), Some(2));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_to_one_callers_credentials_is_not_given_to_another() {
    let with = |token: &str| {
        let mut metadata = Metadata::new();
        metadata.insert("authorization", token).expect("valid");
        Context::new().with_outgoing(metadata)
    };
    let cached = Cached::new(CacheConfig::new(SECOND));
    assert_eq!(cached.call_with(&with("alice"), 7).await.ok(), Some(1));
    assert_eq!(cached.call_with(&with("bob"), 7).await.ok(), Some(2));
    assert_eq!(cached.call(7).await.ok(), Some(3));
    assert_eq!(cached.cache.snapshot().passed, 2);

    let open = Cached::new(CacheConfig::new(SECOND).any_metadata(true));
    assert_eq!(open.call_with(&with("alice"), 7).await.ok(), Some(1));
    assert_eq!(open.call_with(&with("bob"), 7).await.ok(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_panics_leaves_its_followers_to_themselves() {
    let cache = Arc::new(Cache::<u32, u32>::new(
        CacheConfig::new(SECOND).coalesce(true),
    ));
    let leader = Arc::clone(&cache);
    let leads = tokio::spawn(async move {
        let call = || async {
            sleep(Duration::from_millis(5)).await;
            panic!("a bug in the call")
        };
        leader.run::<Status, _, _>(7, call).await
    });
    sleep(Duration::from_millis(1)).await;
    let outcome = cache.run(7, || async { Ok::<_, Status>(2) }).await;
    assert_eq!(outcome.ok(), Some(2));
    assert!(leads.await.is_err());
}
