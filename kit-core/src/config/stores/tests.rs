//! Stores that are built again when their table changes.

use kit_grammar::config::parse;

use super::*;
use crate::config::tests::stores::Counters;

/// The store of `[counters]` after this file was loaded.
fn reload(stores: &mut Stores, text: &str) -> Option<Arc<dyn SharedStore>> {
    let sections = parse(text, "kit.toml").expect(text);
    let mut problems = Vec::new();
    let settings = stores.read(&sections.iter().collect::<Vec<_>>(), &mut problems);
    assert_eq!(problems, [], "{text}");
    stores.first_stores(&settings);
    stores.replace(settings);
    let mut tables = stores.0.iter();
    let table = tables.find(|table| table.factory.name() == "counters");
    table
        .and_then(|table| table.store.as_ref())
        .and_then(|store| store.current())
}

fn counters(store: &Arc<dyn SharedStore>) -> &Counters {
    let store: &dyn std::any::Any = &**store;
    store.downcast_ref().expect("a store of this factory")
}

#[test]
fn a_store_is_built_again_when_its_values_change() {
    let stores = &mut Stores::default();
    let here = "[counters]\nurl = \"counters://a\"\n";
    let first = reload(stores, here).expect("a store");
    assert_eq!(
        counters(&first).made_of,
        ["counters://a", "kit", "Some(50ms)"]
    );
    let same = reload(stores, &format!("[\"pb.Add\"]\n{here}prefix = \"kit\"\n"));
    assert!(Arc::ptr_eq(&same.expect("a store"), &first));

    let other = reload(
        stores,
        &format!("{here}prefix = \"shop\"\ntimeout = \"1s\"\n"),
    );
    let other = other.expect("a store");
    assert_eq!(
        counters(&other).made_of,
        ["counters://a", "shop", "Some(1s)"]
    );
    assert!(Arc::ptr_eq(
        &counters(&other).connection,
        &counters(&first).connection
    ));
    let elsewhere = reload(stores, "[counters]\nurl = \"counters://b\"\n");
    let elsewhere = elsewhere.expect("a store");
    assert!(!Arc::ptr_eq(
        &counters(&elsewhere).connection,
        &counters(&first).connection
    ));

    assert!(
        reload(stores, "[counters]\nprefix = \"shop\"\n").is_none(),
        "no URL"
    );
    assert!(reload(stores, here).is_some());
}

#[test]
fn a_table_without_required_keys_configures_a_store() {
    let stores = &mut Stores::default();
    reload(stores, "[tiny_store]\n");
    let names: Vec<&str> = stores.all().map(|(name, _)| name).collect();
    assert_eq!(names, ["tiny_store"]);
}
