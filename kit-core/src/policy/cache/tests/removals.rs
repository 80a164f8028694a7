//! Explicit removals and insertions while calls are in flight.

use super::*;

/// Responds after that many milliseconds.
async fn after(milliseconds: u64, outcome: Result<u32, Status>) -> Result<u32, Status> {
    sleep(Duration::from_millis(milliseconds)).await;
    outcome
}

fn coalescing() -> Arc<Cache<u32, u32>> {
    Arc::new(Cache::new(CacheConfig::new(TTL).coalesce(true)))
}

/// Starts a call of the key 7 that takes that many milliseconds.
async fn begin(
    cache: &Arc<Cache<u32, u32>>,
    milliseconds: u64,
    outcome: Result<u32, Status>,
) -> tokio::task::JoinHandle<Result<u32, Status>> {
    let cache = Arc::clone(cache);
    let call = tokio::spawn(async move { cache.run(7, || after(milliseconds, outcome)).await });
    sleep(Duration::from_millis(1)).await;
    call
}

#[tokio::test(start_paused = true)]
async fn call_after_a_removal_gets_no_response_from_before() {
    for clear in [false, true] {
        let cached = Arc::new(Cached::new(CacheConfig::new(TTL).coalesce(true)));
        let caller = Arc::clone(&cached);
        let before = tokio::spawn(async move { caller.calls(3, 7).await });
        sleep(Duration::from_millis(5)).await;
        match clear {
            true => cached.cache.clear(),
            false => cached.cache.remove(&7),
        }
        let after = cached.calls(3, 7).await;
        assert_eq!(after, vec![Ok(2); 3], "they wait for each other");
        assert_eq!(before.await.expect("no panic"), vec![Ok(1); 3]);
        assert_eq!(
            cached.call(7).await.ok(),
            Some(2),
            "the newer one is stored"
        );
        assert_eq!(cached.peer.calls(), 2);
        assert_eq!(cached.cache.store.flights.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn call_from_before_a_removal_does_not_replace_a_later_response() {
    for outcome in [Ok(1), Err(Status::not_found("none"))] {
        let cache = coalescing();
        let older = begin(&cache, 20, outcome.clone()).await;
        cache.remove(&7);
        let newer = begin(&cache, 5, Ok(2)).await;
        assert_eq!(newer.await.expect("no panic").ok(), Some(2));
        assert_eq!(older.await.expect("no panic").ok(), outcome.ok());
        assert_eq!(cache.get(&7, cache.store.clock.now()), Found::Fresh(2));
    }
}

#[tokio::test(start_paused = true)]
async fn call_from_before_a_removal_does_not_end_the_newer_flight() {
    let cache = coalescing();
    let older = begin(&cache, 5, Ok(1)).await;
    cache.remove(&7);
    let newer = begin(&cache, 20, Ok(2)).await;
    assert_eq!(older.await.expect("no panic").ok(), Some(1));
    assert_eq!(cache.store.flights.len(), 1);
    let joins = cache.run(7, || after(1, Ok(3))).await;
    assert_eq!(joins.ok(), Some(2));
    assert_eq!(newer.await.expect("no panic").ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn follower_of_a_removed_and_cancelled_call_waits_for_the_newer_one() {
    let cache = coalescing();
    let leads = begin(&cache, 20, Ok(1)).await;
    let follows = begin(&cache, 20, Ok(9)).await;
    cache.remove(&7);
    let newer = begin(&cache, 20, Ok(2)).await;
    leads.abort();
    assert_eq!(follows.await.expect("no panic").ok(), Some(2));
    assert_eq!(newer.await.expect("no panic").ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn removal_does_not_affect_calls_of_other_keys() {
    let cache = coalescing();
    let leads = begin(&cache, 10, Ok(1)).await;
    cache.remove(&8);
    let joins = cache.run(7, || after(1, Ok(2))).await;
    assert_eq!(joins.ok(), Some(1));
    assert_eq!(leads.await.expect("no panic").ok(), Some(1));
    assert_eq!(cache.get(&7, cache.store.clock.now()), Found::Fresh(1));
}

#[tokio::test(start_paused = true)]
async fn call_from_before_an_insertion_does_not_replace_the_inserted_response() {
    for coalesce in [false, true] {
        for outcome in [Ok(1), Err(Status::not_found("none"))] {
            let cache = Arc::new(Cache::new(CacheConfig::new(TTL).coalesce(coalesce)));
            let older = begin(&cache, 20, outcome.clone()).await;
            cache.insert(7, 2, cache.store.clock.now());
            assert_eq!(cache.run(7, || after(1, Ok(3))).await.ok(), Some(2));
            assert_eq!(older.await.expect("no panic").ok(), outcome.ok());
            assert_eq!(cache.get(&7, cache.store.clock.now()), Found::Fresh(2));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn follower_from_before_an_insertion_gets_the_response_of_its_leader() {
    let cache = coalescing();
    let leads = begin(&cache, 20, Ok(1)).await;
    let follows = begin(&cache, 20, Ok(9)).await;
    cache.insert(7, 2, cache.store.clock.now());
    assert_eq!(leads.await.expect("no panic").ok(), Some(1));
    assert_eq!(follows.await.expect("no panic").ok(), Some(1));
    assert_eq!(cache.get(&7, cache.store.clock.now()), Found::Fresh(2));
}
