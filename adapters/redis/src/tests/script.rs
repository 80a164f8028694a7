//! The script in a real Redis, compared with a model that is given the time
//! returned by the script.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::server::{self, Redis};
use super::*;
use crate::script::{ScriptRequest, ScriptResponse, run};

/// A bucket of the model.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    limit: BucketLimit,
    /// In nanoseconds since 1970.
    full_at: u128,
}

impl Bucket {
    /// What is taken from it now, converted to this limit.
    fn taken(&self, limit: BucketLimit, now: u128, wait_max: Duration) -> u128 {
        let (step, capacity) = (limit.step.as_nanos(), limit.capacity.as_nanos());
        let mut taken = self.full_at.saturating_sub(now);
        if self.limit != limit {
            let old = self.limit.step.as_nanos();
            let promised = taken.saturating_sub(self.limit.capacity.as_nanos());
            let held = (taken - promised) * step / old;
            taken = held.min(capacity) + promised * step / old;
        }
        taken.min(capacity + wait_max.as_nanos())
    }
}

/// The expected result of the script at this time.
fn expected(
    model: &mut HashMap<Vec<u8>, Bucket>,
    request: ScriptRequest<'_>,
    now: u64,
) -> ScriptResponse {
    let nanos = u128::from(now) * 1000;
    let mut after = Vec::new();
    let mut wait = 0;
    let mut first = None;
    for (index, (key, limit)) in request.buckets.iter().enumerate() {
        let taken = model
            .get(key)
            .map_or(0, |bucket| bucket.taken(*limit, nanos, request.wait_max));
        let ahead = taken + limit.step.as_nanos();
        let own_wait = ahead.saturating_sub(limit.capacity.as_nanos());
        if own_wait > request.longest.as_nanos() {
            return ScriptResponse {
                refused_by: index as u64 + 1,
                wait: own_wait as u64,
                taken: taken as u64,
                now,
            };
        }
        first.get_or_insert(taken);
        wait = wait.max(own_wait);
        after.push(ahead);
    }
    for ((key, limit), ahead) in request.buckets.iter().zip(after) {
        let full_at = nanos + ahead;
        let limit = *limit;
        model.insert(key.clone(), Bucket { limit, full_at });
    }
    ScriptResponse {
        refused_by: 0,
        wait: wait as u64,
        taken: first.unwrap_or_default() as u64,
        now,
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// A call of this key, with the longest wait of this call and of any call.
    Call(u8, Duration, Duration),
    Change(BucketLimit),
    /// Sets, changes or removes the total.
    Total(Option<BucketLimit>),
    /// Simulates for this key's bucket that the clock of the server goes back
    /// by this time.
    Back(u8, Duration),
    /// Another program writes the key.
    Overwrite(u8, &'static [&'static str]),
}

fn limit() -> impl Strategy<Value = BucketLimit> {
    let step = prop_oneof![
        Just(1_u64),
        1_u64..2_000,
        1_000_u64..200_000,
        100_000_u64..50_000_000,
    ];
    (step, 1_u64..20).prop_map(|(step, burst)| {
        BucketLimit::new(
            Duration::from_nanos(step),
            Duration::from_nanos(step * burst),
        )
    })
}

fn step() -> impl Strategy<Value = Step> {
    let wait = || {
        prop_oneof![
            Just(Duration::ZERO),
            (0_u64..1_000_000).prop_map(Duration::from_nanos),
            (0_u64..100_000_000).prop_map(Duration::from_nanos),
        ]
    };
    prop_oneof![
        40 => (0_u8..4, wait(), wait())
            .prop_map(|(key, longest, more)| Step::Call(key, longest, longest + more)),
        3 => limit().prop_map(Step::Change),
        2 => prop::option::of(limit()).prop_map(Step::Total),
        2 => (0_u8..4, (1_u64..3600).prop_map(Duration::from_secs))
            .prop_map(|(key, time)| Step::Back(key, time)),
        1 => (0_u8..4, prop_oneof![
            Just(&["SET", "", "nonsense"][..]),
            Just(&["SET", "", "1 2 3"][..]),
            Just(&["RPUSH", "", "1"][..]),
        ]).prop_map(|(key, command)| Step::Overwrite(key, command)),
    ]
}

fn name(key: u8) -> String {
    format!("test:{key}")
}

/// 60 cases of 300 steps.
#[tokio::test(flavor = "multi_thread")]
async fn the_script_agrees_with_the_model() {
    let Some(server) = Redis::start() else {
        return;
    };
    let client = ::redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut runner = TestRunner::default();
    let (mut granted, mut refused, mut waited) = (0, 0, 0);
    for _ in 0..60 {
        assert_eq!(server.command(&["FLUSHALL"]), "+OK\r\n");
        let case = (limit(), prop::collection::vec(step(), 300));
        let (mut limit, steps) = case.new_tree(&mut runner).unwrap().current();
        let mut total = None;
        let mut model = HashMap::new();
        for step in steps {
            match &step {
                Step::Call(key, longest, wait_max) => {
                    let mut buckets = vec![(name(*key).into_bytes(), limit)];
                    buckets.extend(total.map(|total| (b"test:all".to_vec(), total)));
                    let request = ScriptRequest {
                        buckets: &buckets,
                        longest: *longest,
                        wait_max: *wait_max,
                    };
                    let response = run(&mut connection, request).await.unwrap();
                    let expected = expected(&mut model, request, response.now);
                    assert_eq!(response, expected, "{step:?}");
                    match response {
                        ScriptResponse {
                            refused_by: 1.., ..
                        } => refused += 1,
                        ScriptResponse { wait: 1.., .. } => waited += 1,
                        ScriptResponse { .. } => granted += 1,
                    }
                }
                Step::Change(other) => limit = *other,
                Step::Total(other) => total = *other,
                Step::Back(key, time) => {
                    let Some(bucket) = model.get_mut(name(*key).as_bytes()) else {
                        continue;
                    };
                    bucket.full_at += time.as_nanos();
                    let (us, ns) = (bucket.full_at / 1000, bucket.full_at % 1000);
                    let (step, capacity) = (
                        bucket.limit.step.as_nanos(),
                        bucket.limit.capacity.as_nanos(),
                    );
                    let kept = format!("{us} {ns} {step} {capacity}");
                    assert_eq!(server.command(&["SET", &name(*key), &kept]), "+OK\r\n");
                }
                Step::Overwrite(key, command) => {
                    let key = name(*key);
                    server.command(&["DEL", &key]);
                    server.command(&[command[0], &key, command[2]]);
                    model.remove(key.as_bytes());
                }
            }
        }
    }
    // The steps must have produced each kind of result often.
    assert!(
        granted > 1000 && refused > 1000 && waited > 50,
        "{granted} granted, {refused} refused, {waited} to wait"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_takes_nothing_and_a_full_bucket_expires() {
    let Some(server) = Redis::start() else {
        return;
    };
    let client = ::redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let hour = Duration::from_secs(3600);
    let request = |step, capacity| ScriptRequest {
        buckets: &[],
        longest: step,
        wait_max: capacity,
    };
    let buckets = [(b"hours".to_vec(), BucketLimit::new(hour, hour))];
    let once = ScriptRequest {
        buckets: &buckets,
        ..request(Duration::ZERO, Duration::ZERO)
    };
    assert_eq!(run(&mut connection, once).await.unwrap().refused_by, 0);
    let kept = server.command(&["GET", "hours"]);
    assert_eq!(run(&mut connection, once).await.unwrap().refused_by, 1);
    assert_eq!(server.command(&["GET", "hours"]), kept);
    let ttl: u64 = server.command(&["PTTL", "hours"])[1..]
        .trim()
        .parse()
        .unwrap();
    assert!((3_500_000..=3_600_000).contains(&ttl), "{ttl}");

    let moment = Duration::from_millis(5);
    let buckets = [(b"soon".to_vec(), BucketLimit::new(moment, moment))];
    let once = ScriptRequest {
        buckets: &buckets,
        ..request(Duration::ZERO, Duration::ZERO)
    };
    assert_eq!(run(&mut connection, once).await.unwrap().refused_by, 0);
    let until = server::time(server.port()) + 60_000_000;
    while server.command(&["EXISTS", "soon"]) != ":0\r\n" {
        assert!(
            server::time(server.port()) < until,
            "the bucket is full and did not expire"
        );
    }
}

/// A failover and `SCRIPT FLUSH` remove the script from the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_script_is_sent_it_again() {
    let Some(server) = Redis::start() else {
        return;
    };
    let store = RedisStore::connect(server.url())
        .unwrap()
        .timeout(60 * SECOND);
    use kit_core::policy::rate_limit::SharedStore as _;
    // Starts to connect; a busy machine may need several attempts.
    store.take(&request("test", 1000)).await;
    let up = tokio::time::timeout(60 * SECOND, store.link.until_up());
    up.await.unwrap();
    assert!(store.take(&request("test", 1000)).await.is_some());
    assert_eq!(server.command(&["SCRIPT", "FLUSH"]), "+OK\r\n");
    assert!(store.take(&request("test", 1000)).await.is_some());
    assert!(!store.is_away());
}
