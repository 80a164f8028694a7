//! Equal calls at once.

use super::*;

#[tokio::test(start_paused = true)]
async fn equal_calls_at_once_are_one_where_they_coalesce() {
    let apart = Arc::new(Cached::new(CacheConfig::new(SECOND)));
    apart.calls(100, 7).await;
    assert_eq!(apart.peer.calls(), 100);

    let together = Arc::new(Cached::new(CacheConfig::new(SECOND).coalesce(true)));
    assert_eq!(together.calls(100, 7).await, vec![Ok(1); 100]);
    assert_eq!(together.peer.calls(), 1);
    assert_eq!(together.cache.snapshot().joined, 99);
    assert_eq!(together.cache.store.flights.len(), 0);
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
    // Nine of them waited for two leaders, and count once.
    assert_eq!(cached.cache.snapshot().joined, 10);
    assert_eq!(cached.cache.store.flights.len(), 0);
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
