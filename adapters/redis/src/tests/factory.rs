//! Stores that a configuration makes.

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

fn built(settings: StoreSettings<'_>) -> RedisStore {
    let store: Arc<dyn Any + Send + Sync> = FACTORY.build(&settings).unwrap();
    RedisStore::clone(&store.downcast::<RedisStore>().unwrap())
}

#[test]
fn a_connection_is_kept_while_it_leads_to_the_same_keys() {
    let here = values("redis://127.0.0.1:1", "kit", MS(50));
    let first = built(StoreSettings::new(&here));
    assert_eq!(first.settings(), ("kit", MS(50)));
    let next = |after: &Values| built(StoreSettings::new(after).replacing(&here, &first));

    let hasty = next(&values("redis://127.0.0.1:1", "kit", MS(20)));
    assert_eq!(hasty.settings(), ("kit", MS(20)));
    assert!(hasty.shares_connection(&first));

    let other_keys = next(&values("redis://127.0.0.1:1", "shop", MS(50)));
    assert_eq!(other_keys.settings(), ("shop", MS(50)));
    assert!(!other_keys.shares_connection(&first));

    let elsewhere = next(&values("redis://127.0.0.1:2", "kit", MS(50)));
    assert_eq!(elsewhere.address(), "127.0.0.1:2");
    assert!(!elsewhere.shares_connection(&first));
}

#[test]
fn defaults_are_those_of_a_store_made_by_code() {
    let url = [("url", StoreValue::Text("redis://127.0.0.1:1".to_owned()))];
    let store = built(StoreSettings::new(&url));
    let by_code = RedisStore::connect("redis://127.0.0.1:1").unwrap();
    assert_eq!(store.settings(), by_code.settings());
    assert_eq!(store.settings(), ("kit", MS(50)));
}

#[test]
fn settings_do_not_show_a_password() {
    let values = values("redis://kit:secret@127.0.0.1", "kit", MS(50));
    let settings = StoreSettings::new(&values);
    assert!(!format!("{settings:?}").contains("secret"));
    let store: Arc<dyn SharedStore> = FACTORY.build(&settings).unwrap();
    assert!(!format!("{store:?}").contains("secret"));
}
