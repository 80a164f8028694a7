//! Connecting, failing and reconnecting.

use std::sync::Arc;

use kit_core::policy::rate_limit::{SharedStore as _, StoreAnswer};
use tokio::time::Instant;

use super::events::Events;
use super::fake::{Fake, Mode};
use super::*;
use crate::link::Link;

const GRANTED: Option<StoreAnswer> = Some(StoreAnswer::Granted {
    wait: Duration::ZERO,
});

/// A store whose timeout no test reaches.
fn patient(fake: &Fake) -> RedisStore {
    let store = RedisStore::connect(&fake.url).unwrap();
    store.timeout(Duration::from_secs(60))
}

async fn take(store: &RedisStore) -> Option<StoreAnswer> {
    store.take(&request("test", 1)).await
}

/// A store whose first call was granted.
async fn connected(fake: &Fake) -> RedisStore {
    connected_with(fake, || {}).await
}

/// As [`connected`]. On a busy machine the first attempt may exceed its time
/// limit, and the store becomes unavailable: then this calls `on_retry` and
/// tries with another store.
async fn connected_with(fake: &Fake, on_retry: impl Fn()) -> RedisStore {
    let first = async {
        loop {
            let store = patient(fake);
            if take(&store).await == GRANTED {
                return store;
            }
            on_retry();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), first)
        .await
        .unwrap()
}

/// Waits until the store is connected.
async fn until_up(store: &RedisStore) {
    let up = store.link.until_up();
    tokio::time::timeout(Duration::from_secs(60), up)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_first_call_connects_and_later_calls_share_the_connection() {
    let fake = Fake::start(Mode::Grants);
    let _unused = patient(&fake);
    assert_eq!(*fake.connections.borrow(), 0);
    let store = connected(&fake).await;
    let connections = *fake.connections.borrow();
    assert_eq!(take(&store).await, GRANTED);
    assert_eq!(take(&store.clone()).await, GRANTED);
    assert_eq!(*fake.connections.borrow(), connections);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_delays_the_first_call_by_the_timeout_and_the_next_not_at_all() {
    let fake = Fake::start(Mode::Silent);
    let store = RedisStore::connect(&fake.url).unwrap();
    let start = Instant::now();
    assert_eq!(take(&store).await, None);
    assert_eq!(start.elapsed(), Duration::from_millis(50));
    assert!(store.is_away());
    assert_eq!(take(&store).await, None);
    assert_eq!(start.elapsed(), Duration::from_millis(50));
}

#[tokio::test]
async fn a_server_that_cannot_run_the_script_is_unavailable() {
    for mode in [Mode::Closes, Mode::Garbage, Mode::ReadOnly] {
        let store = patient(&Fake::start(mode));
        assert_eq!(take(&store).await, None, "{mode:?}");
        assert!(store.is_away(), "{mode:?}");
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", closed.local_addr().unwrap());
    drop(closed);
    let store = RedisStore::connect(url).unwrap().timeout(60 * SECOND);
    assert_eq!(take(&store).await, None);
    assert!(store.is_away());
}

#[tokio::test]
async fn a_failed_store_is_unavailable_until_the_script_succeeds_as_a_ping() {
    for mode in [Mode::Closes, Mode::Garbage, Mode::ReadOnly] {
        let mut fake = Fake::start(Mode::Grants);
        let store = connected(&fake).await;
        let connections = *fake.connections.borrow();
        fake.set_mode(mode);
        assert_eq!(take(&store).await, None, "{mode:?}");
        assert!(store.is_away(), "{mode:?}");
        // Two further pings have failed.
        fake.until_connections(connections + 3).await;
        assert!(store.is_away(), "{mode:?}");
        fake.set_mode(Mode::Grants);
        until_up(&store).await;
        assert_eq!(take(&store).await, GRANTED, "{mode:?}");
    }
}

#[tokio::test]
async fn an_outage_emits_one_event_at_its_start_and_one_at_its_end() {
    let events = Events::record();
    let fake = Fake::start(Mode::Grants);
    let store = connected_with(&fake, || drop(events.take())).await;
    assert_eq!(events.take(), [""; 0]);
    fake.set_mode(Mode::ReadOnly);
    for _ in 0..3 {
        assert_eq!(take(&store).await, None);
    }
    let recorded = events.take();
    let fields = |from, to| {
        let address = fake.url.trim_start_matches("redis://");
        format!("policy=rate_limit store=redis address={address} from={from} to={to}")
    };
    assert_eq!(recorded.len(), 1, "{recorded:?}");
    let away = format!("WARN {} problem=", fields("up", "away"));
    assert!(recorded[0].starts_with(&away), "{recorded:?}");
    fake.set_mode(Mode::Grants);
    until_up(&store).await;
    assert_eq!(take(&store).await, GRANTED);
    assert_eq!(events.take(), [format!("INFO {}", fields("away", "up"))]);
}

#[tokio::test]
async fn a_connected_server_that_stops_responding_is_unavailable() {
    let fake = Fake::start(Mode::Grants);
    let store = connected(&fake).await;
    fake.set_mode(Mode::Silent);
    let short_timeout = store.clone().timeout(Duration::from_millis(1));
    assert_eq!(take(&short_timeout).await, None);
    assert!(store.is_away());
    fake.set_mode(Mode::Grants);
    until_up(&store).await;
    assert_eq!(take(&store).await, GRANTED);
}

#[tokio::test]
async fn the_longest_possible_timeout_does_not_overflow() {
    let fake = Fake::start(Mode::Grants);
    let store = connected(&fake).await.timeout(Duration::MAX);
    assert_eq!(take(&store).await, GRANTED);
}

#[tokio::test]
async fn an_earlier_call_deadline_does_not_make_the_server_unavailable() {
    let fake = Fake::start(Mode::Grants);
    let store = patient(&fake);
    let mut with_deadline = request("test", 1);
    with_deadline.deadline = Some(Instant::now());
    // The first attempt is in progress, and continues.
    assert_eq!(store.take(&with_deadline).await, None);
    assert!(!store.is_away());
    until_up(&store).await;
    fake.set_mode(Mode::Silent);
    assert_eq!(store.take(&with_deadline).await, None);
    assert!(!store.is_away());
}

#[tokio::test]
async fn a_late_failure_of_an_old_connection_does_not_affect_the_new_one() {
    let fake = Fake::start(Mode::Grants);
    let store = connected(&fake).await;
    let old = store.link.established().await.unwrap();
    store.link.failed(&old, &"it broke");
    assert!(store.is_away());
    until_up(&store).await;
    store.link.failed(&old, &"it broke");
    assert!(!store.is_away());
    assert_eq!(take(&store).await, GRANTED);
}

#[tokio::test]
async fn the_connecting_task_ends_when_its_store_is_dropped() {
    let fake = Fake::start(Mode::Closes);
    let store = patient(&fake);
    assert_eq!(take(&store).await, None);
    let connecting = store.link.connecting().unwrap();
    assert!(!connecting.is_finished());
    let link = Arc::downgrade(&store.link);
    drop(store);
    assert!(Link::is_gone(&link));
    while !connecting.is_finished() {
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
fn a_connected_store_reconnects_after_its_runtime_ended() {
    let fake = Fake::start(Mode::Grants);
    let store = runtime().block_on(connected(&fake));
    // The connection ended with its runtime; the store reconnects on the next.
    let runtime = runtime();
    runtime.block_on(async {
        assert_eq!(take(&store).await, None);
        until_up(&store).await;
        assert_eq!(take(&store).await, GRANTED);
    });
}

#[test]
fn an_unavailable_store_connects_after_its_runtime_ended() {
    let fake = Fake::start(Mode::Closes);
    let store = patient(&fake);
    assert_eq!(runtime().block_on(take(&store)), None);
    fake.set_mode(Mode::Grants);
    runtime().block_on(async {
        // Starts to connect; a busy machine may need several attempts.
        take(&store).await;
        until_up(&store).await;
        assert_eq!(take(&store).await, GRANTED);
    });
}
