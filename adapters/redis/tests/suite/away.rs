//! A Redis that is killed, frozen, and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn without_its_redis_each_process_keeps_the_limit_and_with_it_all_do() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let stores = [connected(&redis.url()).await, connected(&redis.url()).await];
    let [one, other] = [server(&stores[0]), server(&stores[1])];
    let calls = async |server: &MeteredClient<InProcess>, count: usize| {
        let mut granted = 0;
        for _ in 0..count {
            granted += usize::from(passed(soon("an answer", server.rare()).await));
        }
        granted
    };
    assert_eq!(calls(&one, 1).await, 1);
    assert_eq!(calls(&other, 5).await, 2);
    assert_eq!(calls(&one, 5).await, 0);

    redis.kill();
    // Each goes on from what it has used itself.
    assert_eq!(calls(&one, 5).await, 2);
    assert_eq!(calls(&other, 5).await, 1);
    for store in &stores {
        assert!(store.is_away());
    }

    redis.start_again();
    for store in &stores {
        until_away(store, false).await;
    }
    // It forgot what was taken, so there is the whole limit, once for both.
    assert_eq!(calls(&other, 2).await, 2);
    assert_eq!(calls(&one, 5).await, 1);
    assert_eq!(calls(&other, 5).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_fails_or_hangs_while_its_redis_is_killed_and_comes_back() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let store = connected(&redis.url()).await;
    let server = Arc::new(server(&store));
    let (asked, granted) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (server, stop) = (server.clone(), stop.clone());
            let (asked, granted) = (asked.clone(), granted.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let passed = passed(soon("an answer", server.often()).await);
                    granted.fetch_add(passed.into(), Ordering::Relaxed);
                    asked.fetch_add(1, Ordering::Relaxed);
                    // An answer without Redis comes at once: leave it some time.
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let more_calls = async || {
        let until = asked.load(Ordering::Relaxed) + 500;
        soon("500 calls", async {
            while asked.load(Ordering::Relaxed) < until {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    more_calls().await;
    redis.kill();
    until_away(&store, true).await;
    // The time first: what is granted before it is read would have none.
    let since = Instant::now();
    let before = granted.load(Ordering::Relaxed);
    more_calls().await;
    let (here, seconds) = (granted.load(Ordering::Relaxed) - before, since.elapsed());
    let allowed = 50.0 + 200.0 * seconds.as_secs_f64();
    // A call of each task may have been granted before, and counted after.
    assert!(here as f64 <= allowed + 8.0, "{here} of {allowed:.1}");
    redis.start_again();
    until_away(&store, false).await;
    more_calls().await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_delays_calls_until_one_has_waited_long_enough() {
    let Some(redis) = Redis::start() else {
        return;
    };
    let store = connected(&redis.url()).await;
    let [patient, hasty] = [
        server(&store),
        server(&store.clone().timeout(Duration::from_millis(20))),
    ];
    assert!(passed(patient.rare().await));
    redis.freeze(true);
    // Three of this process: the other server has used none of its own.
    let mut granted = 0;
    for _ in 0..6 {
        granted += usize::from(passed(soon("an answer", hasty.rare()).await));
    }
    assert_eq!(granted, 3);
    assert!(store.is_away());
    redis.freeze(false);
    until_away(&store, false).await;
    // Redis did in the end what it was asked for when it hung.
    let mut granted = 0;
    for _ in 0..6 {
        granted += usize::from(passed(patient.rare().await));
    }
    assert!(granted <= 2, "{granted}");
}
