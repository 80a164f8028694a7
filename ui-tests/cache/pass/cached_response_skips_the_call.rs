use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kit::Status;
use kit::policy::cache::CacheConfig;

const TTL: Duration = Duration::from_secs(9);

#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Filter {
    pub name: String,
}

#[kit::service]
#[cache(ttl = TTL, capacity = 7)]
pub trait Users {
    #[endpoint(idempotent)]
    #[cache(ttl = "1h", capacity = 10_000, coalesce, stale = "2h", any_metadata)]
    #[retry]
    async fn count(&self, filter: Filter) -> Result<u32, Status>;
    #[endpoint(get = "/all")]
    async fn all(&self) -> Result<u32, Status>;
    async fn rename(&self, id: u64) -> Result<u32, Status>;
}

#[derive(Default)]
struct Counting(AtomicU32);

#[kit::service]
impl Users for Counting {
    async fn count(&self, _filter: Filter) -> Result<u32, Status> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed))
    }
    async fn all(&self) -> Result<u32, Status> {
        Ok(0)
    }
    async fn rename(&self, _id: u64) -> Result<u32, Status> {
        Ok(0)
    }
}

pub fn main() {
    let caches: Vec<_> = users::DESCRIPTOR
        .methods
        .iter()
        .map(|method| method.meta.policies.client.cache)
        .collect();
    let own = CacheConfig::new(Duration::from_secs(3_600))
        .capacity(10_000)
        .coalesce(true)
        .stale(Duration::from_secs(7_200))
        .any_metadata(true);
    assert_eq!(caches[0], Some(own));
    assert_eq!(caches[1], Some(CacheConfig::new(TTL).capacity(7)));
    assert_eq!(caches[2], None, "a method that is not idempotent is not cached");

    let users = UsersClient::local(Counting::default());
    let filter = |name: &str| Filter { name: name.to_owned() };
    assert_eq!(ui_tests::now(users.count(filter("a"))).ok(), Some(0));
    assert_eq!(ui_tests::now(users.count(filter("b"))).ok(), Some(1));
    assert_eq!(ui_tests::now(users.count(filter("a"))).ok(), Some(0));
}
