//! Equal concurrent calls.

use super::*;

#[tokio::test(start_paused = true)]
async fn equal_concurrent_calls_are_one_if_they_coalesce() {
    let separate = Arc::new(Cached::new(CacheConfig::new(SECOND)));
    separate.calls(100, 7).await;
    assert_eq!(separate.peer.calls(), 100);

    let coalesced = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    assert_eq!(coalesced.calls(100, 7).await, vec![Ok(1); 100]);
    assert_eq!(coalesced.peer.calls(), 1);
    assert_eq!(coalesced.cache.snapshot().joined, 99);
    assert_eq!(coalesced.cache.store.flights.len(), 0);
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
async fn failure_goes_to_all_waiting_calls_and_the_next_call_fetches_again() {
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
async fn follower_leads_when_the_leader_goes_away() {
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
    // Nine of them waited for two leaders, and are counted once.
    assert_eq!(cached.cache.snapshot().joined, 10);
    assert_eq!(cached.cache.store.flights.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn deadline_of_the_leader_does_not_fail_its_followers() {
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
async fn cancelled_follower_does_not_affect_the_leader() {
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
async fn follower_leads_when_the_leader_panics() {
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
