//! The lifetime and the number of entries.

use super::*;

#[test]
fn entries_created_together_do_not_expire_together() {
    fastrand::seed(5);
    let cache = Cache::new(CacheConfig::new(TTL).capacity(10_000));
    let start = cache.store.start.at();
    for key in 0..1000_u32 {
        cache.insert(key, key, start);
    }
    let fresh_at = |time| {
        let found = (0..1000).filter(|key| cache.get(key, start + time) != Found::Nothing);
        found.count()
    };
    assert_eq!(fresh_at(95 * SECOND - Duration::from_nanos(1)), 1000);
    let half = fresh_at(TTL);
    assert!((400..600).contains(&half), "{half}");
    assert_eq!(fresh_at(105 * SECOND), 0);
}

#[test]
fn entries_do_not_exceed_the_capacity() {
    for capacity in [1, 2, 7, 32, 1000] {
        let cache = Cache::new(CacheConfig::new(TTL).capacity(capacity));
        for key in 0..5000_u32 {
            cache.insert(key, key, cache.store.start.at());
            if let Found::Fresh(value) = cache.get(&(key / 2), cache.store.start.at()) {
                assert_eq!(value, key / 2);
            }
        }
        let parts = cache.store.entries.num_shards();
        let most = (capacity as usize).next_multiple_of(parts);
        let entries = cache.snapshot().entries;
        assert!((1..=most).contains(&entries), "{entries} of {capacity}");
    }
}

#[test]
fn configure_keeps_the_entries_up_to_the_new_capacity() {
    let cache = Cache::new(CacheConfig::new(TTL).capacity(16));
    for key in 0..10_u32 {
        cache.insert(key, key, cache.store.start.at());
    }
    assert!(cache.configure(CacheConfig::new(Duration::ZERO)).is_err());
    assert_eq!(
        cache.configure(CacheConfig::new(SECOND).capacity(16)),
        Ok(())
    );
    // Present entries keep their time.
    assert_eq!(
        cache.get(&3, cache.store.start.at() + 50 * SECOND),
        Found::Fresh(3)
    );
    assert_eq!(
        cache.configure(CacheConfig::new(SECOND).capacity(4)),
        Ok(())
    );
    assert!(cache.snapshot().entries <= 4);
}

#[test]
fn each_invalid_value_is_named() {
    let check = |config: CacheConfig, key: &str| {
        let invalid = config.check().expect_err(key);
        assert!(invalid.problem().starts_with(key), "{invalid}");
    };
    check(CacheConfig::new(Duration::ZERO), "`ttl`");
    check(CacheConfig::new(TTL).capacity(0), "`capacity`");
    check(CacheConfig::new(TTL).stale(Duration::ZERO), "`stale`");
    assert_eq!(CacheConfig::new(TTL).check(), Ok(()));
}
