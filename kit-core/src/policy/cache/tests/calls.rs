//! Whole calls, with a paused clock: which responses are stored, and for whom.

use super::*;

#[tokio::test(start_paused = true)]
async fn fresh_response_is_fetched_once() {
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
async fn failures_are_not_stored() {
    let cached = Cached::new(CacheConfig::new(SECOND).coalesce(true));
    for status in [Status::unavailable(""), Status::not_found("")] {
        cached.peer.fails(Some(status));
        assert!(cached.call(7).await.is_err());
    }
    cached.peer.fails(None);
    assert_eq!(cached.call(7).await.ok(), Some(3));
}

#[tokio::test(start_paused = true)]
async fn response_in_flight_when_its_key_is_removed_is_not_stored() {
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
async fn response_to_one_callers_credentials_is_not_used_for_another() {
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
