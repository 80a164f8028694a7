//! The store as a configuration makes it: the table `[redis]`.

use std::sync::Arc;

use kit_core::Status;
use kit_core::policy::rate_limit::{SharedStore, StoreFactory, StoreKey, StoreSettings};

use super::store::RedisStore;

const URL: StoreKey = StoreKey::text(
    "url",
    "redis://127.0.0.1:6379",
    "where the Redis is in which shared rate limits are counted",
)
.judged(without_password)
.required();

const PREFIX: StoreKey = StoreKey::text(
    "prefix",
    "shop",
    "how the keys in it begin: another for each deployment that shares it",
)
.default(RedisStore::PREFIX_DEFAULT);

const TIMEOUT: StoreKey = StoreKey::duration(
    "timeout",
    "50ms",
    "how long a call waits for it before this process judges by itself",
)
.default("50ms");

inventory::submit! { FACTORY }

/// The factory that is registered.
pub(super) const FACTORY: StoreFactory = StoreFactory::new("redis", &[URL, PREFIX, TIMEOUT], build);

fn without_password(url: &str) -> Result<String, Status> {
    RedisStore::connect(url).map(|store| store.url_without_password())
}

/// A store at the same URL with the same prefix has the same keys, so it keeps
/// its connection.
fn build(settings: &StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status> {
    let mut store = match settings.replaced::<RedisStore>(&["url", "prefix"]) {
        Some(store) => store.clone(),
        None => {
            let store = RedisStore::connect(settings.text("url").unwrap_or_default())?;
            match settings.text("prefix") {
                Some(prefix) => store.prefix(prefix),
                None => store,
            }
        }
    };
    let timeout = settings.duration("timeout");
    store = store.timeout(timeout.unwrap_or(RedisStore::TIMEOUT_DEFAULT));
    Ok(Arc::new(store))
}
