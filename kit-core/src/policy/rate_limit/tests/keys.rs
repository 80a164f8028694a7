//! A limit for each key.

use super::*;

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
/// the total.
#[test]
fn refused_key_takes_nothing_from_the_total() {
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
fn call_refused_by_the_total_takes_nothing_from_its_key() {
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
fn cancelled_turn_returns_to_key_and_total() {
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
fn flood_of_keys_neither_grows_memory_nor_evicts_others() {
    let (limiter, clock) = manual(config(10, MINUTE).key(RateLimitKey::Peer).max_keys(100));
    let now = clock.now();
    assert_eq!(passed(20, || limiter.admit_key(b"used up", now)), 10);
    for flood in 0..100_000_u32 {
        assert!(limiter.admit_key(&flood.to_le_bytes(), now).is_ok());
    }
    assert_eq!(limiter.keys(now), 100);
    // A key that used up its limit is still known: the flood evicts its own.
    assert!(limiter.admit_key(b"used up", now).is_err());
    assert!(limiter.admit_key(b"a newcomer", now).is_ok());
}

#[test]
fn number_of_keys_is_at_most_max_keys() {
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
fn key_is_read_from_the_context() {
    use crate::model::context::Peer;
    let read = |key: RateLimitKey, peer: Option<&str>| {
        let peer = peer.map(|peer| Peer::Socket(peer.parse().unwrap()));
        let mut metadata = crate::model::metadata::Metadata::new();
        metadata.insert("x-tenant", "blue").unwrap();
        let cx = crate::model::context::AcceptedCall::new(metadata, peer, http::Extensions::new());
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
