//! What callers see of the limiter, one law a test.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::future::Future;
use std::time::{Duration, Instant};

use super::*;
use crate::code::Code;
use crate::context::Context;
use crate::policy::{ManualClock, PolicyKind, Quota, Refusal, RefusalReason};
use crate::status::Status;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn config(count: u32, per: Duration) -> RateLimitConfig {
    RateLimitConfig::new(Rate::new(count, per))
}

fn manual(config: RateLimitConfig) -> (RateLimiter, ManualClock) {
    let clock = ManualClock::new();
    (RateLimiter::with_clock(config, clock.clock()), clock)
}

/// How many of so many calls pass.
fn passed(calls: usize, mut call: impl FnMut() -> Result<(), Refusal>) -> usize {
    (0..calls).filter(|_| call().is_ok()).count()
}

#[test]
fn a_burst_passes_at_once_and_then_the_rate() {
    let (limiter, clock) = manual(config(10, SECOND).burst(3));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 3);
    clock.advance(Duration::from_millis(99));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 0);
    clock.advance(Duration::from_millis(1));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 1);
    clock.advance(MINUTE);
    assert_eq!(passed(50, || limiter.admit(clock.now())), 3);
    assert_eq!(limiter.refused(), 2 + 5 + 4 + 47);
}

#[test]
fn a_refusal_says_when_to_come_back_and_what_the_limit_is() {
    let (limiter, clock) = manual(config(100, SECOND).burst(2));
    assert_eq!(passed(2, || limiter.admit(clock.now())), 2);
    clock.advance(Duration::from_millis(4));
    let refusal = limiter.admit(clock.now()).unwrap_err();
    let expected = Refusal::new(PolicyKind::RateLimit, RefusalReason::RateExceeded)
        .with_retry_after(Duration::from_millis(6))
        .with_quota(Quota {
            limit: 100,
            window: SECOND,
            remaining: 0,
            reset: Duration::from_millis(6),
        });
    assert_eq!(refusal, expected);
    assert_eq!(Status::from(refusal).code(), Code::ResourceExhausted);
    clock.advance(Duration::from_millis(6));
    assert!(limiter.admit(clock.now()).is_ok());
}

#[test]
fn a_refusal_writes_nothing() {
    let (limiter, clock) = manual(config(1, SECOND));
    assert!(limiter.admit(clock.now()).is_ok());
    clock.advance(SECOND / 2);
    let before = limiter.quota(clock.now());
    assert_eq!(passed(1000, || limiter.admit(clock.now())), 0);
    assert_eq!(limiter.quota(clock.now()), before);
    clock.advance(SECOND / 2);
    assert!(limiter.admit(clock.now()).is_ok());
}

#[test]
fn a_quota_tells_what_is_left() {
    let (limiter, clock) = manual(config(10, SECOND).burst(5));
    let quota = |remaining, reset| Quota {
        limit: 10,
        window: SECOND,
        remaining,
        reset: Duration::from_millis(reset),
    };
    assert_eq!(limiter.quota(clock.now()), quota(5, 0));
    assert_eq!(passed(2, || limiter.admit(clock.now())), 2);
    assert_eq!(limiter.quota(clock.now()), quota(3, 100));
    clock.advance(Duration::from_millis(30));
    assert_eq!(limiter.quota(clock.now()), quota(3, 70));
    clock.advance(Duration::from_millis(170));
    assert_eq!(limiter.quota(clock.now()), quota(5, 0));
}

#[test]
fn a_dear_call_takes_as_many_as_it_costs() {
    let (limiter, clock) = manual(config(10, SECOND).cost(4));
    assert_eq!(passed(5, || limiter.admit(clock.now())), 2);
    let refusal = limiter.admit(clock.now()).unwrap_err();
    assert_eq!(refusal.retry_after(), Some(Duration::from_millis(200)));
}

#[test]
fn what_could_never_pass_is_an_error_when_it_is_made() {
    let problem = |config: RateLimitConfig| config.check().unwrap_err().problem();
    let fine = config(10, SECOND);
    let cases = [
        (config(0, SECOND), "`rate` must be at least one call"),
        (
            config(1, Duration::ZERO),
            "`rate` must be over a time longer than zero",
        ),
        (
            config(11, Duration::from_nanos(10)),
            "`rate` must be at most one call a nanosecond",
        ),
        (
            config(1, Duration::MAX),
            "`rate` must be over at most 146 years",
        ),
        (fine.burst(0), "`burst` must be at least 1"),
        (fine.cost(0), "`cost` must be at least 1"),
        (
            fine.burst(3).cost(4),
            "`cost` must be at most `burst`, or no call could ever pass",
        ),
        (
            config(1, MINUTE * 60).burst(u32::MAX),
            "`burst` must come back within 146 years",
        ),
        (fine.max_keys(0), "`max_keys` must be at least 1"),
        (
            fine.store(RateLimitStore::Redis),
            "`store` must be local: this build of kit has no shared one",
        ),
        (
            fine.total(Rate::new(1, SECOND)),
            "`total` needs a `key`: without one, `rate` is the total",
        ),
        (
            fine.key(RateLimitKey::Peer).total(Rate::new(0, SECOND)),
            "`rate` must be at least one call",
        ),
        (
            fine.key(RateLimitKey::Peer)
                .cost(2)
                .total(Rate::new(1, SECOND)),
            "`cost` must be at most the count of `total`, or no call could ever pass",
        ),
    ];
    for (config, expected) in cases {
        assert_eq!(problem(config), expected);
    }
    assert_eq!(fine.check(), Ok(()));
}

#[test]
#[should_panic(expected = "`burst` must be at least 1")]
fn a_limiter_of_wrong_values_is_not_made() {
    RateLimiter::new(config(1, SECOND).burst(0));
}

#[test]
fn a_time_from_before_the_limiter_counts_as_its_start() {
    let early = Instant::now();
    let (limiter, clock) = manual(config(1, SECOND));
    assert!(limiter.admit(early).is_ok());
    assert!(limiter.admit(clock.now()).is_err());
}

/// Go kit: `NewErroringLimiter`, 1 a minute, burst 1: the second call fails
/// with `ErrLimited`.
#[tokio::test(start_paused = true)]
async fn go_kits_erroring_limiter() {
    let limiter = RateLimiter::new(config(1, MINUTE).burst(1));
    assert!(run(&limiter).await.is_ok());
    let start = tokio::time::Instant::now();
    let refused = run(&limiter).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(refused.message(), "the rate limit is used up");
    assert_eq!(refused.retry_after(), Some(MINUTE));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// Go kit: `NewDelayingLimiter`, 1 a minute, burst 1, a context of 500 ms: the
/// second call fails at once, as its turn is past the deadline.
#[tokio::test(start_paused = true)]
async fn go_kits_delaying_limiter() {
    let limiter = RateLimiter::new(config(1, MINUTE).burst(1).wait(MINUTE));
    let short = Context::new().with_timeout(Duration::from_millis(500));
    assert!(short.scope(run(&limiter)).await.is_ok());
    let start = tokio::time::Instant::now();
    let refused = short.scope(run(&limiter)).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(start.elapsed(), Duration::ZERO);
    // Without the deadline it waits for its turn.
    assert!(run(&limiter).await.is_ok());
    assert_eq!(start.elapsed(), MINUTE);
}

async fn run(limiter: &RateLimiter) -> Result<(), Status> {
    limiter.run(async { Ok(()) }).await
}

#[tokio::test(start_paused = true)]
async fn turns_are_given_in_the_order_of_asking() {
    let limiter = RateLimiter::new(config(10, SECOND).burst(1).wait(Duration::from_millis(250)));
    let turn = || limiter.turn(b"", None);
    assert_eq!(turn().unwrap().wait(), Duration::ZERO);
    // Those were dropped, so the turn is there again.
    let turns: Vec<_> = (0..4).map_while(|_| turn().ok()).collect();
    let waits: Vec<_> = turns.iter().map(|turn| turn.wait().as_millis()).collect();
    assert_eq!(waits, [0, 100, 200]);
    assert_eq!(
        turn().unwrap_err().retry_after(),
        Some(Duration::from_millis(300))
    );
}

#[test]
fn a_cancelled_turn_goes_to_the_next_caller() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    reserve().start();
    let second = reserve();
    assert_eq!(second.wait(), Duration::from_millis(100));
    drop(second);
    assert_eq!(reserve().wait(), Duration::from_millis(100));
}

#[test]
fn a_turn_that_others_queue_behind_is_not_given_twice() {
    let (limiter, clock) = manual(config(10, SECOND).burst(1));
    let reserve = || limiter.reserve(clock.now(), SECOND).unwrap();
    reserve().start();
    let (second, third) = (reserve(), reserve());
    drop(second);
    // The third starts at 200 ms; a fourth in its turn would start with it.
    assert_eq!(third.wait(), Duration::from_millis(200));
    assert_eq!(reserve().wait(), Duration::from_millis(300));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_stops_waiting_gives_its_turn_back() {
    let limiter = RateLimiter::new(config(1, SECOND).wait(MINUTE));
    assert!(run(&limiter).await.is_ok());
    let waiting = tokio::time::timeout(SECOND / 2, run(&limiter)).await;
    assert!(waiting.is_err());
    let start = tokio::time::Instant::now();
    assert!(run(&limiter).await.is_ok());
    assert_eq!(start.elapsed(), SECOND / 2);
}

#[test]
fn each_key_has_its_own_limit() {
    let (limiter, clock) = manual(config(2, SECOND).key(RateLimitKey::Header("x-tenant")));
    let now = clock.now();
    assert_eq!(passed(5, || limiter.admit_key(b"a", now)), 2);
    assert_eq!(passed(5, || limiter.admit_key(b"b", now)), 2);
    assert_eq!(limiter.quota_of(b"a", now).remaining, 0);
    assert_eq!(limiter.quota_of(b"c", now).remaining, 2);
    assert_eq!(limiter.keys(now), 2);
    assert_eq!(limiter.keys(now + SECOND), 0);
}

/// linkerd checks the total first, so that a caller over its own limit uses up
/// everybody's.
#[test]
fn a_key_that_is_refused_takes_nothing_from_the_total() {
    let each = config(2, MINUTE)
        .key(RateLimitKey::Peer)
        .total(Rate::new(5, MINUTE));
    let (limiter, clock) = manual(each);
    let now = clock.now();
    assert_eq!(passed(100, || limiter.admit_key(b"greedy", now)), 2);
    assert_eq!(passed(2, || limiter.admit_key(b"a", now)), 2);
    assert_eq!(passed(2, || limiter.admit_key(b"b", now)), 1);
}

#[test]
fn a_call_that_the_total_refuses_takes_nothing_from_its_key() {
    let each = config(2, MINUTE)
        .key(RateLimitKey::Peer)
        .total(Rate::new(1, SECOND));
    let (limiter, clock) = manual(each);
    assert_eq!(passed(1, || limiter.admit_key(b"a", clock.now())), 1);
    let refusal = limiter.admit_key(b"b", clock.now()).unwrap_err();
    assert_eq!(refusal.quota().map(|quota| quota.limit), Some(1));
    assert_eq!(limiter.quota_of(b"b", clock.now()).remaining, 2);
}

#[test]
fn a_cancelled_turn_of_a_key_goes_back_to_key_and_total() {
    let each = config(1, SECOND)
        .key(RateLimitKey::Peer)
        .total(Rate::new(1, SECOND));
    let (limiter, clock) = manual(each);
    let reserve = |key| limiter.reserve_key(key, clock.now(), MINUTE).unwrap();
    reserve(b"a").start();
    let waiting = reserve(b"a");
    assert_eq!(waiting.wait(), SECOND);
    drop(waiting);
    assert_eq!(reserve(b"b").wait(), SECOND);
    assert_eq!(reserve(b"a").wait(), SECOND);
}

#[test]
fn a_flood_of_keys_neither_grows_memory_nor_locks_others_out() {
    let (limiter, clock) = manual(config(10, MINUTE).key(RateLimitKey::Peer).max_keys(100));
    let now = clock.now();
    assert_eq!(passed(20, || limiter.admit_key(b"used up", now)), 10);
    for flood in 0..100_000_u32 {
        assert!(limiter.admit_key(&flood.to_le_bytes(), now).is_ok());
    }
    assert_eq!(limiter.keys(now), 100);
    // One that used up its limit is still known: the flood forgot its own.
    assert!(limiter.admit_key(b"used up", now).is_err());
    assert!(limiter.admit_key(b"a newcomer", now).is_ok());
}

#[test]
fn the_number_of_keys_is_never_more_than_was_said() {
    for max_keys in [1, 2, 15, 16, 17, 31, 33, 1000] {
        let (limiter, clock) = manual(
            config(10, MINUTE)
                .key(RateLimitKey::Identity)
                .max_keys(max_keys),
        );
        for key in 0..max_keys * 50 {
            assert!(limiter.admit_key(&key.to_le_bytes(), clock.now()).is_ok());
        }
        assert_eq!(limiter.keys(clock.now()), max_keys as usize);
    }
}

#[test]
fn a_live_change_keeps_the_calls_that_were_taken() {
    let (limiter, clock) = manual(config(10, SECOND));
    assert_eq!(passed(4, || limiter.admit(clock.now())), 4);
    limiter.configure(config(100, SECOND).burst(10)).unwrap();
    assert_eq!(limiter.quota(clock.now()).remaining, 6);
    limiter.configure(config(1, MINUTE).burst(10)).unwrap();
    assert_eq!(limiter.quota(clock.now()).remaining, 6);
    // A smaller bucket is empty, and owes nothing.
    limiter.configure(config(10, SECOND).burst(2)).unwrap();
    let refusal = limiter.admit(clock.now()).unwrap_err();
    assert_eq!(refusal.retry_after(), Some(Duration::from_millis(100)));
    assert_eq!(limiter.config(), config(10, SECOND).burst(2));
}

#[test]
fn a_live_change_reaches_every_key() {
    let each = |count| config(count, SECOND).burst(4).key(RateLimitKey::Peer);
    let (limiter, clock) = manual(each(1));
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 4);
    assert_eq!(passed(1, || limiter.admit_key(b"b", clock.now())), 1);
    limiter.configure(each(10)).unwrap();
    assert_eq!(limiter.quota_of(b"a", clock.now()).remaining, 0);
    assert_eq!(limiter.quota_of(b"b", clock.now()).remaining, 3);
    clock.advance(Duration::from_millis(100));
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 1);
    assert_eq!(passed(9, || limiter.admit_key(b"b", clock.now())), 4);
}

#[test]
fn a_total_can_come_and_go() {
    let each = config(100, SECOND).key(RateLimitKey::Peer);
    let (limiter, clock) = manual(each);
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 9);
    limiter.configure(each.total(Rate::new(3, MINUTE))).unwrap();
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 3);
    limiter.configure(each).unwrap();
    assert_eq!(passed(9, || limiter.admit_key(b"a", clock.now())), 9);
}

#[test]
fn a_change_that_needs_a_new_limiter_changes_nothing() {
    let each = config(1, SECOND).key(RateLimitKey::Peer);
    let (limiter, _) = manual(each);
    let refused = |config| limiter.configure(config).unwrap_err().problem();
    assert_eq!(
        refused(config(9, SECOND)),
        "`key` must stay as it is while the limiter runs"
    );
    assert_eq!(
        refused(each.max_keys(5)),
        "`max_keys` must stay as it is while the limiter runs"
    );
    assert_eq!(refused(each.burst(0)), "`burst` must be at least 1");
    assert_eq!(limiter.config(), each);
}

#[test]
fn the_keys_of_a_context() {
    use crate::context::Peer;
    let read = |key: RateLimitKey, peer: Option<&str>| {
        let peer = peer.map(|peer| Peer::Socket(peer.parse().unwrap()));
        let mut metadata = crate::metadata::Metadata::new();
        metadata.insert("x-tenant", "blue").unwrap();
        let cx = crate::context::AcceptedCall::new(metadata, peer, http::Extensions::new());
        key.read(cx.context(), <[u8]>::to_vec)
    };
    let peer = |address| read(RateLimitKey::Peer, Some(address));
    assert_eq!(peer("10.1.2.3:4000"), [10, 1, 2, 3]);
    assert_eq!(peer("10.1.2.3:4001"), peer("10.1.2.3:4000"));
    // A socket for both families shows IPv4 peers as IPv6 ones.
    assert_eq!(peer("[::ffff:10.1.2.3]:4000"), [10, 1, 2, 3]);
    assert_eq!(
        peer("[2001:db8:1:2:3:4:5:6]:1"),
        [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 2]
    );
    assert_eq!(read(RateLimitKey::Header("x-tenant"), None), b"blue");
    assert_eq!(read(RateLimitKey::Header("x-other"), None), b"");
    assert_eq!(read(RateLimitKey::Peer, None), b"");
    assert_eq!(read(RateLimitKey::Everyone, Some("10.1.2.3:4000")), b"");
}

#[test]
fn a_waiting_call_can_move_between_threads() {
    fn is_send(_: impl Future + Send) {}
    let limiter = RateLimiter::new(config(1, SECOND));
    is_send(limiter.run(async { Ok::<_, Status>(()) }));
}
