//! Responses after their `ttl`.

use super::*;

#[tokio::test(start_paused = true)]
async fn stale_response_serves_all_but_the_call_that_fetches_the_next() {
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
    assert_eq!(cached.call(7).await.ok(), Some(3), "too old to be used");
}

#[tokio::test(start_paused = true)]
async fn stale_response_survives_failures_but_not_a_domain_error() {
    let cached = Cached::new(CacheConfig::new(SECOND).stale(10 * SECOND));
    assert_eq!(cached.call(7).await.ok(), Some(1));
    sleep(2 * SECOND).await;
    cached.peer.fails(Some(Status::unavailable("down")));
    for calls in 2..5 {
        assert_eq!(cached.call(7).await.ok(), Some(1));
        assert_eq!(cached.peer.calls(), calls, "each call tries again");
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
async fn call_too_late_for_a_stale_response_does_not_get_it_from_the_leader() {
    let ttl = Duration::from_secs(20);
    let cache = Arc::new(Cache::<u32, u32>::new(
        CacheConfig::new(ttl).stale(SECOND).coalesce(true),
    ));
    cache.insert(7, 1, cache.store.clock.now());
    // It is stale within a second of the twentieth, and expires a second later.
    while let Found::Fresh(_) = cache.get(&7, cache.store.clock.now()) {
        sleep(Duration::from_millis(100)).await;
    }
    let fails = || async {
        sleep(10 * SECOND).await;
        Err(Status::unavailable("down"))
    };
    let leader = Arc::clone(&cache);
    let leads = tokio::spawn(async move { leader.run(7, fails).await });
    sleep(2 * SECOND).await;
    let late = cache.run(7, || async { Ok::<_, Status>(2) }).await;
    let in_time = leads.await.expect("no panic");
    assert_eq!(in_time.ok(), Some(1));
    assert_eq!(late.map_err(|status| status.code()), Err(Code::Unavailable));
}
