//! One store for keys and responses of several types, and keys with equal
//! hashes, which only differ in themselves.

use std::hash::{Hash, Hasher};

use super::super::{Store, answer};
use super::*;

/// A key with the same hash as all others.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Collides<T>(T);

impl<T> Hash for Collides<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u8(0);
    }
}

fn store(config: CacheConfig) -> Store {
    Store::new(config, Clock::default(), Arc::default())
}

/// The response of a store, if its call would respond with `value`.
async fn get<K, V>(store: &Store, key: K, value: V) -> V
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let arrived = store.clock.now();
    let call = |_| async {
        sleep(Duration::from_millis(10)).await;
        Ok::<_, Status>(value)
    };
    let outcome = answer(Some(store), None, arrived, key, call).await;
    outcome.expect("the call responds")
}

#[test]
fn keys_with_equal_hashes_have_their_own_responses() {
    let cache = Cache::new(CacheConfig::new(TTL));
    let start = cache.store.start.at();
    for key in 0..100_u32 {
        cache.insert(Collides(key), key, start);
    }
    for key in 0..100 {
        assert_eq!(cache.get(&Collides(key), start), Found::Fresh(key));
    }
    cache.insert(Collides(7), 70, start);
    cache.remove(&Collides(8));
    assert_eq!(cache.get(&Collides(7), start), Found::Fresh(70));
    assert_eq!(cache.get(&Collides(8), start), Found::Nothing);
    assert_eq!(cache.get(&Collides(9), start), Found::Fresh(9));
    assert_eq!(cache.snapshot().entries, 99);
}

#[tokio::test(start_paused = true)]
async fn calls_of_keys_with_equal_hashes_do_not_coalesce() {
    let cache = Cache::new(CacheConfig::new(TTL).coalesce(true));
    let call = |key: u32| {
        let call = move || async move {
            sleep(Duration::from_millis(10)).await;
            Ok::<_, Status>(key)
        };
        cache.run(Collides(key), call)
    };
    let (one, other, same) = tokio::join!(call(1), call(2), call(1));
    assert_eq!(
        (one.ok(), other.ok(), same.ok()),
        (Some(1), Some(2), Some(1))
    );
    assert_eq!(cache.snapshot().joined, 1);
}

#[tokio::test(start_paused = true)]
async fn keys_of_two_types_with_equal_hashes_have_their_own_responses() {
    for coalesce in [false, true] {
        let store = store(CacheConfig::new(TTL).coalesce(coalesce));
        let narrow = get(&store, Collides(7_u32), "narrow");
        let wide = get(&store, Collides(7_u64), "wide");
        assert_eq!(tokio::join!(narrow, wide), ("narrow", "wide"));
        assert_eq!(get(&store, Collides(7_u32), "other").await, "narrow");
        assert_eq!(get(&store, Collides(7_u64), "other").await, "wide");
        assert_eq!((store.len(), store.flights.len()), (2, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn responses_of_two_types_to_one_key_are_separate() {
    for coalesce in [false, true] {
        let store = store(CacheConfig::new(TTL).coalesce(coalesce));
        let (name, number) = (get(&store, 7, "seven"), get(&store, 7, 7_u8));
        assert_eq!(tokio::join!(name, number), ("seven", 7));
        assert_eq!(get(&store, 7, "other").await, "seven");
        assert_eq!(get(&store, 7, 8_u8).await, 7);
        let snapshot = store.snapshot();
        assert_eq!(
            (snapshot.fresh, snapshot.missed, snapshot.joined),
            (2, 2, 0)
        );
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Insert(u32),
    Get,
    Remove,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u32>().prop_map(Step::Insert),
        4 => Just(Step::Get),
        1 => Just(Step::Remove),
    ]
}

/// Runs a step with a key, and returns its response afterwards.
fn take<K>(store: &Store, key: K, step: Step) -> Option<u32>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
{
    let request = Request::<K, u32>::new(&key);
    let key = Lookup::new(&store.hashes, &request);
    let now = store.start.at();
    match step {
        Step::Insert(value) => store.insert(key.share(), Arc::new(value), now),
        Step::Get => {}
        Step::Remove => store.remove(&key.share()),
    }
    match store.get(&key, now) {
        Found::Fresh(response) => value(&response),
        Found::Stale(_) | Found::Nothing => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 64 × 400 steps.
    #[test]
    fn store_is_a_map_of_keys_by_type_and_value(
        steps in prop::collection::vec((any::<bool>(), 0_u8..8, step()), 400),
    ) {
        let store = store(CacheConfig::new(TTL));
        let mut model = HashMap::new();
        for (is_wide, key, step) in steps {
            match step {
                Step::Insert(value) => drop(model.insert((is_wide, key), value)),
                Step::Get => {}
                Step::Remove => drop(model.remove(&(is_wide, key))),
            }
            let found = match is_wide {
                true => take(&store, Collides(u64::from(key)), step),
                false => take(&store, Collides(key), step),
            };
            prop_assert_eq!(found, model.get(&(is_wide, key)).copied());
            prop_assert_eq!(store.len(), model.len());
        }
    }
}
