//! Property tests of the cache against a model.

use super::*;

/// A simple cache, to compare with.
#[derive(Default)]
struct Model {
    entries: HashMap<u8, (u32, u128, u128)>,
}

impl Model {
    fn get(&self, key: u8, now: u128) -> Found<u32> {
        match self.entries.get(&key) {
            Some((value, fresh, _)) if now < *fresh => Found::Fresh(*value),
            Some((value, _, stale)) if now < *stale => Found::Stale(*value),
            _ => Found::Nothing,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Get(u8),
    Insert(u8, u32, u64),
    Remove(u8),
    Clear,
    Configure(u64, Option<u64>),
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0_u8..12;
    prop_oneof![
        60 => key.clone().prop_map(Step::Get),
        30 => (key.clone(), any::<u32>(), any::<u64>())
            .prop_map(|(key, value, seed)| Step::Insert(key, value, seed)),
        6 => key.prop_map(Step::Remove),
        1 => Just(Step::Clear),
        6 => (1_u64..5000, prop::option::of(1_u64..5000))
            .prop_map(|(ttl, stale)| Step::Configure(ttl, stale)),
        30 => (0_u64..800).prop_map(Step::Advance),
        6 => (0_u64..20_000).prop_map(Step::Advance),
    ]
}

fn config(ttl: u64, stale: Option<u64>) -> CacheConfig {
    let config = CacheConfig::new(Duration::from_millis(ttl));
    match stale {
        Some(stale) => config.stale(Duration::from_millis(stale)),
        None => config,
    }
}

/// Runs the same steps on the cache and the model, and compares them.
fn agree_at_each(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (mut ttl, mut stale) = (1000_u128, None);
    let cache = Cache::new(config(1000, None));
    let start = cache.store.start.at();
    let mut model = Model::default();
    let mut now = start;
    for step in steps {
        let at = (now - start).as_nanos();
        match step {
            Step::Get(key) => prop_assert_eq!(cache.get(&key, now), model.get(key, at)),
            Step::Insert(key, value, seed) => {
                fastrand::seed(seed);
                cache.insert(key, value, now);
                // Minus five percent, plus up to ten.
                let part = ttl * 1_000_000 / 20;
                fastrand::seed(seed);
                let drawn = fastrand::u64(0..=2 * part as u64);
                let fresh = at + ttl * 1_000_000 - part + u128::from(drawn);
                let end = fresh + stale.map_or(0, u128::from) * 1_000_000;
                model.entries.insert(key, (value, fresh, end));
            }
            Step::Remove(key) => {
                cache.remove(&key);
                model.entries.remove(&key);
            }
            Step::Clear => {
                cache.clear();
                model.entries.clear();
            }
            Step::Configure(next_ttl, next_stale) => {
                prop_assert_eq!(cache.configure(config(next_ttl, next_stale)), Ok(()));
                (ttl, stale) = (u128::from(next_ttl), next_stale);
            }
            Step::Advance(milliseconds) => now += Duration::from_millis(milliseconds),
        }
        prop_assert_eq!(cache.snapshot().entries, model.entries.len());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cache_matches_the_model(
        steps in prop::collection::vec(step(), 400),
    ) {
        agree_at_each(steps)?;
    }

    /// The cache chooses which entries to evict. It never has another response
    /// than the model, and an evicted entry does not return.
    #[test]
    fn small_cache_is_a_subset_of_the_model(
        steps in prop::collection::vec(step(), 400),
    ) {
        let small = CacheConfig::new(TTL).capacity(4);
        let cache = Cache::new(small);
        let most = small.capacity as usize;
        let most = most.next_multiple_of(cache.store.entries.num_shards());
        let mut model = HashMap::new();
        let now = cache.store.start.at();
        for step in steps {
            match step {
                Step::Get(key) => match cache.get(&key, now) {
                    Found::Fresh(value) => prop_assert_eq!(model.get(&key), Some(&value)),
                    Found::Stale(_) => prop_assert!(false, "no time has passed"),
                    Found::Nothing => drop(model.remove(&key)),
                },
                Step::Insert(key, value, _) => {
                    cache.insert(key, value, now);
                    model.insert(key, value);
                }
                Step::Remove(key) => {
                    cache.remove(&key);
                    model.remove(&key);
                }
                Step::Clear => {
                    cache.clear();
                    model.clear();
                }
                Step::Configure(..) | Step::Advance(_) => {}
            }
            let entries = cache.snapshot().entries;
            prop_assert!(entries <= most.min(model.len()), "{} entries", entries);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn cache_matches_the_model_for_ten_thousand_steps(
        steps in prop::collection::vec(step(), 10_000),
    ) {
        agree_at_each(steps)?;
    }
}
