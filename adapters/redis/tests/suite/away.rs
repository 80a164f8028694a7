//! Outages: a Redis that is killed, frozen and started again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_process_applies_the_limit_by_itself_while_redis_is_down() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let stores = [connected(&redis.url()).await, connected(&redis.url()).await];
    let [one, other] = [server(&stores[0]), server(&stores[1])];
    let calls = async |server: &MeteredClient<InProcess>, count: usize| {
        let mut granted = 0;
        for _ in 0..count {
            granted += usize::from(passed(soon("a response", server.rare()).await));
        }
        granted
    };
    assert_eq!(calls(&one, 1).await, 1);
    assert_eq!(calls(&other, 5).await, 2);
    assert_eq!(calls(&one, 5).await, 0);

    redis.kill();
    // Each process continues from its own count of calls.
    assert_eq!(calls(&one, 5).await, 2);
    assert_eq!(calls(&other, 5).await, 1);
    for store in &stores {
        assert!(store.is_away());
    }

    redis.start_again();
    for store in &stores {
        until_away(store, false).await;
    }
    // Redis lost its data, so both processes share one full limit.
    assert_eq!(calls(&other, 2).await, 2);
    assert_eq!(calls(&one, 5).await, 1);
    assert_eq!(calls(&other, 5).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_fails_or_hangs_while_redis_is_killed_and_restarted() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let store = connected(&redis.url()).await;
    let server = Arc::new(server(&store));
    let (calls, granted) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (server, stop) = (server.clone(), stop.clone());
            let (calls, granted) = (calls.clone(), granted.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let passed = passed(soon("a response", server.often()).await);
                    granted.fetch_add(passed.into(), Ordering::Relaxed);
                    calls.fetch_add(1, Ordering::Relaxed);
                    // Without Redis a call is decided at once: yield to other tasks.
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let more_calls = async || {
        let until = calls.load(Ordering::Relaxed) + 500;
        soon("500 calls", async {
            while calls.load(Ordering::Relaxed) < until {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    more_calls().await;
    redis.kill();
    until_away(&store, true).await;
    // Read the clock first: the time must cover every call that is counted.
    let since = Instant::now();
    let before = granted.load(Ordering::Relaxed);
    more_calls().await;
    let (counted, elapsed) = (granted.load(Ordering::Relaxed) - before, since.elapsed());
    let allowed = 50.0 + 200.0 * elapsed.as_secs_f64();
    // One call of each task may have been granted before and counted after.
    assert!(counted as f64 <= allowed + 8.0, "{counted} of {allowed:.1}");
    redis.start_again();
    until_away(&store, false).await;
    more_calls().await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_redis_delays_calls_until_one_has_timed_out() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let store = connected(&redis.url()).await;
    let [long_timeout, short_timeout] = [
        server(&store),
        server(&store.clone().timeout(Duration::from_millis(20))),
    ];
    assert!(passed(long_timeout.rare().await));
    redis.freeze(true);
    // The limit of this server alone, of which it has used nothing yet.
    let mut granted = 0;
    for _ in 0..6 {
        granted += usize::from(passed(soon("a response", short_timeout.rare()).await));
    }
    assert_eq!(granted, 3);
    assert!(store.is_away());
    redis.freeze(false);
    until_away(&store, false).await;
    // Redis then runs the scripts that it received while it was frozen.
    let mut granted = 0;
    for _ in 0..6 {
        granted += usize::from(passed(long_timeout.rare().await));
    }
    assert!(granted <= 2, "{granted}");
}
