//! Stores that a configuration builds.

use std::any::Any;
use std::sync::Arc;

use kit_core::policy::rate_limit::{SharedStore, StoreSettings, StoreValue};

use super::*;
use crate::factory::FACTORY;

const MS: fn(u64) -> Duration = Duration::from_millis;

type Values = Vec<(&'static str, StoreValue)>;

fn values(url: &str, prefix: &str, timeout: Duration) -> Values {
    let text = |text: &str| StoreValue::Text(text.to_owned());
    vec![
        ("url", text(url)),
        ("prefix", text(prefix)),
        ("timeout", StoreValue::Duration(timeout)),
    ]
}

fn build(settings: StoreSettings<'_>) -> RedisStore {
    let store: Arc<dyn Any + Send + Sync> = FACTORY.build(&settings).unwrap();
    RedisStore::clone(&store.downcast::<RedisStore>().unwrap())
}

#[test]
fn the_connection_is_kept_while_url_and_prefix_are_unchanged() {
    let original = values("redis://127.0.0.1:1", "kit", MS(50));
    let first = build(StoreSettings::new(&original));
    assert_eq!(first.settings(), ("kit", MS(50)));
    let next = |after: &Values| build(StoreSettings::new(after).replacing(&original, &first));

    let shorter_timeout = next(&values("redis://127.0.0.1:1", "kit", MS(20)));
    assert_eq!(shorter_timeout.settings(), ("kit", MS(20)));
    assert!(shorter_timeout.shares_connection(&first));

    let other_prefix = next(&values("redis://127.0.0.1:1", "shop", MS(50)));
    assert_eq!(other_prefix.settings(), ("shop", MS(50)));
    assert!(!other_prefix.shares_connection(&first));

    let other_url = next(&values("redis://127.0.0.1:2", "kit", MS(50)));
    assert_eq!(other_url.address(), "127.0.0.1:2");
    assert!(!other_url.shares_connection(&first));
}

#[test]
fn defaults_equal_those_of_a_store_created_in_code() {
    let url = [("url", StoreValue::Text("redis://127.0.0.1:1".to_owned()))];
    let store = build(StoreSettings::new(&url));
    let in_code = RedisStore::connect("redis://127.0.0.1:1").unwrap();
    assert_eq!(store.settings(), in_code.settings());
    assert_eq!(store.settings(), ("kit", MS(50)));
}

#[test]
fn debug_output_omits_the_password() {
    let values = values("redis://kit:secret@127.0.0.1", "kit", MS(50));
    let settings = StoreSettings::new(&values);
    assert!(!format!("{settings:?}").contains("secret"));
    let store: Arc<dyn SharedStore> = FACTORY.build(&settings).unwrap();
    assert!(!format!("{store:?}").contains("secret"));
}
