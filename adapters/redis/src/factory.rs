//! Builds a store from table `[redis]` of a configuration.

use std::sync::Arc;

use kit_core::Status;
use kit_core::policy::rate_limit::{SharedStore, StoreFactory, StoreKey, StoreSettings};

use super::store::RedisStore;

const URL: StoreKey = StoreKey::text(
    "url",
    "redis://127.0.0.1:6379",
    "the address of the Redis that counts shared rate limits",
)
.judged(check_url)
.required();

const PREFIX: StoreKey = StoreKey::text(
    "prefix",
    "shop",
    "the prefix of all keys; deployments that use one Redis need different prefixes",
)
.default(RedisStore::PREFIX_DEFAULT);

const TIMEOUT: StoreKey = StoreKey::duration(
    "timeout",
    "50ms",
    "the longest wait of a call for Redis, after which the limiter of this process decides",
)
.default("50ms");

inventory::submit! { FACTORY }

/// The registered factory.
pub(super) const FACTORY: StoreFactory = StoreFactory::new("redis", &[URL, PREFIX, TIMEOUT], build);

fn check_url(url: &str) -> Result<String, Status> {
    RedisStore::connect(url).map(|store| store.url_without_password())
}

/// Builds a store. If neither URL nor prefix changed, it keeps the connection
/// of the store that it replaces.
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
