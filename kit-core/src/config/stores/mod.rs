//! The shared stores of rate limits that a configuration describes.
//!
//! The limits of many methods share one store, so where it is belongs to no
//! service: `[redis]` is the table of the store that is
//! [registered](StoreFactory) as `redis`, with `KIT__REDIS__URL` in the
//! environment and `redis.url` for `Config::set`. Nothing here knows any store:
//! the factory has the keys, and makes a store of their values. Unlike the
//! values of a service they are judged as soon as they are read. One may hold a
//! password, so values are printed only as their key allows.

mod given;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use kit_grammar::config::{ConfigProblem, Section};
use kit_grammar::{ADAPTER_STORES, upper_snake};

pub(super) use self::given::Given;
use super::describe::Knob;
use crate::policy::rate_limit::{
    SharedStore, StoreFactory, StoreRequest, Taking, registered_stores,
};

/// Every registered store, with what is configured of it.
pub(super) struct Stores(Vec<Table>);

/// One registered store.
struct Table {
    factory: &'static StoreFactory,
    given: Given,
    /// There from the first description on.
    store: Option<Arc<ConfiguredStore>>,
}

impl Default for Stores {
    fn default() -> Self {
        let factories = registered_stores().into_iter();
        let tables = factories.map(|factory| Table {
            factory,
            given: Given::default(),
            store: None,
        });
        Self(tables.collect())
    }
}

impl Stores {
    /// Whether a section is the table of a store, or of an adapter of kit that
    /// the program was built without.
    pub(super) fn own(&self, section: &Section) -> bool {
        let mut names = self.names().chain(ADAPTER_STORES.iter().copied());
        names.any(|name| section.about(name).is_some())
    }

    /// The store that has the name of a service, so that a table could be
    /// either's.
    pub(super) fn named_like(&self, service: &str) -> Option<&'static str> {
        let spelled = upper_snake(service);
        self.names().find(|name| upper_snake(name) == spelled)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|table| table.factory.name())
    }

    /// What would hold with these sections, the weaker first; a store of each
    /// table in its order.
    pub(super) fn judge<'a>(
        &self,
        sections: impl Iterator<Item = &'a Section> + Clone,
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<Given> {
        problems.extend(sections.clone().filter_map(|section| self.off(section)));
        let mut before = None;
        let mut all = Vec::new();
        for table in &self.0 {
            let name = table.factory.name();
            let given = table.given.next(table.factory, sections.clone(), problems);
            if let Some(place) = given.place()
                && before == Some(name)
            {
                let rule = format!("two stores are registered as `{name}`");
                let help = "leave one of the crates that register them out";
                problems.push(ConfigProblem::new(place, rule, help));
            }
            before = Some(name);
            all.push(given);
        }
        all
    }

    /// The table of an adapter that the program was built without.
    fn off(&self, section: &Section) -> Option<ConfigProblem> {
        let mut off = ADAPTER_STORES
            .iter()
            .filter(|name| !self.names().any(|registered| registered == **name));
        let name = off.find(|name| section.about(name).is_some())?;
        Some(ConfigProblem::new(
            &section.origin,
            format!("`{name}` is of kit's feature `{name}`, which is off"),
            format!(
                "switch it on in Cargo.toml, `kit = {{ features = [\"{name}\"] }}`, or take this out"
            ),
        ))
    }

    /// The stores to offer where these are their first descriptions. They count
    /// by them from now on: those who get one must not judge by themselves until
    /// the description is [taken](Self::take).
    pub(super) fn first_stores(
        &mut self,
        given: &[Given],
    ) -> Vec<(&'static str, Arc<dyn SharedStore>)> {
        let tables = self.0.iter_mut().zip(given);
        tables
            .filter_map(|(table, given)| Some((table.factory.name(), table.first_store(given)?)))
            .collect()
    }

    /// Takes what [was judged](Self::judge).
    pub(super) fn take(&mut self, given: Vec<Given>) {
        for (table, given) in self.0.iter_mut().zip(given) {
            table.given = given;
        }
        self.stay();
    }

    /// Counts where it was before, whatever was [offered](Self::first_stores).
    pub(super) fn stay(&self) {
        for table in &self.0 {
            if let Some(store) = &table.store {
                store.set(table.given.store());
            }
        }
    }

    /// The stores that were ever described.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, Arc<dyn SharedStore>)> {
        self.0.iter().filter_map(|table| {
            let store = table.store.clone()?;
            Some((table.factory.name(), store as Arc<dyn SharedStore>))
        })
    }

    /// The keys of the stores that are described, or `needed`, as knobs.
    pub(super) fn knobs(&self, needed: impl Fn(&str) -> bool) -> Vec<Knob> {
        let shown = self.0.iter().filter(|table| {
            let is_needed = || needed(table.factory.name());
            !table.given.is_empty() || is_needed()
        });
        shown
            .flat_map(|table| table.given.knobs(table.factory))
            .collect()
    }
}

impl Table {
    fn first_store(&mut self, given: &Given) -> Option<Arc<dyn SharedStore>> {
        if self.store.is_some() {
            return None;
        }
        let store = Arc::new(ConfiguredStore(RwLock::new(Some(given.store()?))));
        self.store = Some(Arc::clone(&store));
        Some(store)
    }
}

/// The store that is described now. Without one each process judges by itself,
/// as where a store is away.
struct ConfiguredStore(RwLock<Option<Arc<dyn SharedStore>>>);

impl ConfiguredStore {
    fn set(&self, store: Option<Arc<dyn SharedStore>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = store;
    }

    fn now(&self) -> Option<Arc<dyn SharedStore>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl SharedStore for ConfiguredStore {
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a> {
        let store = self.now();
        Box::pin(async move { store?.take(request).await })
    }

    fn is_away(&self) -> bool {
        self.now().is_none_or(|store| store.is_away())
    }
}

impl fmt::Debug for ConfiguredStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConfiguredStore").field(&self.now()).finish()
    }
}
