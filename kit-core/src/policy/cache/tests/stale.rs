//! Answers past their time.

use super::*;

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
async fn who_came_too_late_for_a_stale_answer_does_not_get_it_from_another() {
    let ttl = Duration::from_secs(20);
    let cache = Arc::new(Cache::<u32, u32>::new(
        CacheConfig::new(ttl).stale(SECOND).coalesce(true),
    ));
    cache.insert(7, 1, cache.store.clock.now());
    // It ends within a second of the twentieth, and a second later for good.
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
