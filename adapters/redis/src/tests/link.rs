//! A link that comes, goes, and comes back.

use std::sync::Arc;

use kit_core::policy::rate_limit::{SharedStore as _, StoreAnswer};
use tokio::time::Instant;

use super::events::Events;
use super::fake::{Fake, Manner};
use super::*;
use crate::link::Link;

const GRANTED: Option<StoreAnswer> = Some(StoreAnswer::Granted {
    wait: Duration::ZERO,
});

/// A store that waits as long as a test may take.
fn patient(fake: &Fake) -> RedisStore {
    let store = RedisStore::connect(&fake.url).unwrap();
    store.timeout(Duration::from_secs(60))
}

async fn take(store: &RedisStore) -> Option<StoreAnswer> {
    store.take(&request("test", 1)).await
}

/// A store whose first call was granted.
async fn connected(fake: &Fake) -> RedisStore {
    connected_after(fake, || {}).await
}

/// The same. On a busy machine a first try may take longer than a try may: then
/// the store is away and comes back, and another one is made, after `slow`.
async fn connected_after(fake: &Fake, slow: impl Fn()) -> RedisStore {
    let first = async {
        loop {
            let store = patient(fake);
            if take(&store).await == GRANTED {
                return store;
            }
            slow();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), first)
        .await
        .unwrap()
}

/// Waits until the store is there.
async fn back(store: &RedisStore) {
    let back = store.link.until_up();
    tokio::time::timeout(Duration::from_secs(60), back)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_store_connects_with_its_first_call() {
    let fake = Fake::start(Manner::Grants);
    let _unused = patient(&fake);
    assert_eq!(*fake.connections.borrow(), 0);
    let store = connected(&fake).await;
    let connections = *fake.connections.borrow();
    assert_eq!(take(&store).await, GRANTED);
    assert_eq!(take(&store.clone()).await, GRANTED);
    assert_eq!(*fake.connections.borrow(), connections);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_a_silent_server_until_the_limit_and_the_next_not_at_all() {
    let fake = Fake::start(Manner::Silent);
    let store = RedisStore::connect(&fake.url).unwrap();
    let start = Instant::now();
    assert_eq!(take(&store).await, None);
    assert_eq!(start.elapsed(), Duration::from_millis(50));
    assert!(store.is_away());
    assert_eq!(take(&store).await, None);
    assert_eq!(start.elapsed(), Duration::from_millis(50));
}

#[tokio::test]
async fn a_server_that_does_not_serve_is_away() {
    for manner in [Manner::Closes, Manner::Garbage, Manner::ReadOnly] {
        let store = patient(&Fake::start(manner));
        assert_eq!(take(&store).await, None, "{manner:?}");
        assert!(store.is_away(), "{manner:?}");
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let store = RedisStore::connect(url).unwrap().timeout(60 * SECOND);
    assert_eq!(take(&store).await, None);
    assert!(store.is_away());
}

#[tokio::test]
async fn a_link_that_fails_is_away_until_a_ping_does_what_calls_do() {
    for manner in [Manner::Closes, Manner::Garbage, Manner::ReadOnly] {
        let mut fake = Fake::start(Manner::Grants);
        let store = connected(&fake).await;
        let connections = *fake.connections.borrow();
        fake.behave(manner);
        assert_eq!(take(&store).await, None, "{manner:?}");
        assert!(store.is_away(), "{manner:?}");
        // Two pings more have failed.
        fake.connected(connections + 3).await;
        assert!(store.is_away(), "{manner:?}");
        fake.behave(Manner::Grants);
        back(&store).await;
        assert_eq!(take(&store).await, GRANTED, "{manner:?}");
    }
}

#[tokio::test]
async fn that_a_store_went_and_came_back_is_told_once_each() {
    let events = Events::record();
    let fake = Fake::start(Manner::Grants);
    let store = connected_after(&fake, || drop(events.take())).await;
    assert_eq!(events.take(), [""; 0]);
    fake.behave(Manner::ReadOnly);
    for _ in 0..3 {
        assert_eq!(take(&store).await, None);
    }
    let told = events.take();
    let of = |from, to| {
        let address = fake.url.trim_start_matches("redis://");
        format!("policy=rate_limit store=redis address={address} from={from} to={to}")
    };
    assert_eq!(told.len(), 1, "{told:?}");
    let away = format!("WARN {} problem=", of("up", "away"));
    assert!(told[0].starts_with(&away), "{told:?}");
    fake.behave(Manner::Grants);
    back(&store).await;
    assert_eq!(take(&store).await, GRANTED);
    assert_eq!(events.take(), [format!("INFO {}", of("away", "up"))]);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_away() {
    let fake = Fake::start(Manner::Grants);
    let store = connected(&fake).await;
    fake.behave(Manner::Silent);
    let hasty = store.clone().timeout(Duration::from_millis(1));
    assert_eq!(take(&hasty).await, None);
    assert!(store.is_away());
    fake.behave(Manner::Grants);
    back(&store).await;
    assert_eq!(take(&store).await, GRANTED);
}

#[tokio::test]
async fn a_store_may_be_waited_for_without_end() {
    let fake = Fake::start(Manner::Grants);
    let store = connected(&fake).await.timeout(Duration::MAX);
    assert_eq!(take(&store).await, GRANTED);
}

#[tokio::test]
async fn a_caller_in_a_hurry_says_nothing_of_the_server() {
    let fake = Fake::start(Manner::Grants);
    let store = patient(&fake);
    let mut hurried = request("test", 1);
    hurried.deadline = Some(Instant::now());
    // The first try is under way, and goes on.
    assert_eq!(store.take(&hurried).await, None);
    assert!(!store.is_away());
    back(&store).await;
    fake.behave(Manner::Silent);
    assert_eq!(store.take(&hurried).await, None);
    assert!(!store.is_away());
}

#[tokio::test]
async fn bad_news_of_a_line_says_nothing_of_the_next() {
    let fake = Fake::start(Manner::Grants);
    let store = connected(&fake).await;
    let old = store.link.line().await.unwrap();
    store.link.failed(&old, &"it broke");
    assert!(store.is_away());
    back(&store).await;
    store.link.failed(&old, &"it broke");
    assert!(!store.is_away());
    assert_eq!(take(&store).await, GRANTED);
}

#[tokio::test]
async fn nobody_looks_for_a_server_that_nobody_needs() {
    let fake = Fake::start(Manner::Closes);
    let store = patient(&fake);
    assert_eq!(take(&store).await, None);
    let looking = store.link.looking().unwrap();
    assert!(!looking.is_finished());
    let link = Arc::downgrade(&store.link);
    drop(store);
    assert!(Link::is_gone(&link));
    while !looking.is_finished() {
        tokio::task::yield_now().await;
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_link_outlives_the_runtime_that_made_it() {
    let fake = Fake::start(Manner::Grants);
    let store = runtime().block_on(connected(&fake));
    // The connection ended with its runtime, and the next one looks again.
    let runtime = runtime();
    runtime.block_on(async {
        assert_eq!(take(&store).await, None);
        back(&store).await;
        assert_eq!(take(&store).await, GRANTED);
    });
}

#[test]
fn a_server_is_looked_for_though_the_runtime_that_did_has_ended() {
    let fake = Fake::start(Manner::Closes);
    let store = patient(&fake);
    assert_eq!(runtime().block_on(take(&store)), None);
    fake.behave(Manner::Grants);
    runtime().block_on(async {
        // Looks for it; a busy machine may need more tries than one.
        take(&store).await;
        back(&store).await;
        assert_eq!(take(&store).await, GRANTED);
    });
}
