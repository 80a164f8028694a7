//! The shared stores of rate limits that a configuration sets up.
//!
//! Many methods share one store, so its settings belong to no service: `[redis]` is
//! the table of the store that is [registered](StoreFactory) as `redis`, with
//! `KIT__REDIS__URL` in the environment and `redis.url` for `Config::set`. This
//! module knows no particular store: the factory has the keys, and builds a store
//! from their values. Unlike the values of a service, these are checked as soon as
//! they are read. A value may contain a password, so it is printed only in the form
//! that the [check](crate::policy::rate_limit::StoreKey::judged) of its key returns.

mod settings;
#[cfg(all(test, not(kit_loom)))]
mod tests;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use kit_grammar::config::{ConfigProblem, Section};
use kit_grammar::{ADAPTER_STORES, upper_snake};

pub(super) use self::settings::Settings;
use super::describe::Knob;
use crate::policy::rate_limit::{
    SharedStore, StoreFactory, StoreRequest, Taking, registered_stores,
};

/// All registered stores, with their settings.
pub(super) struct Stores(Vec<Table>);

/// One registered store.
struct Table {
    factory: &'static StoreFactory,
    settings: Settings,
    /// Created when the settings first yield a store, and kept from then on.
    store: Option<Arc<ConfiguredStore>>,
}

impl Default for Stores {
    fn default() -> Self {
        let factories = registered_stores().into_iter();
        let tables = factories.map(|factory| Table {
            factory,
            settings: Settings::default(),
            store: None,
        });
        Self(tables.collect())
    }
}

impl Stores {
    /// Whether a section is the table of a registered store, or of an adapter of kit
    /// that the program was built without.
    pub(super) fn has_table(&self, section: &Section) -> bool {
        let mut names = self.names().chain(ADAPTER_STORES.iter().copied());
        names.any(|name| section.about(name).is_some())
    }

    /// The store with the same name as a service, so that a table would be
    /// ambiguous.
    pub(super) fn named_like(&self, service: &str) -> Option<&'static str> {
        let spelled = upper_snake(service);
        self.names().find(|name| upper_snake(name) == spelled)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|table| table.factory.name())
    }

    /// The settings of each store from these sections, in order of precedence. Does
    /// not apply them.
    pub(super) fn read(
        &self,
        sections: &[&Section],
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<Settings> {
        for section in sections {
            problems.extend(self.missing_adapter(section));
        }
        let mut before = None;
        let mut all = Vec::new();
        for table in &self.0 {
            let name = table.factory.name();
            let next = table.settings.next(table.factory, sections, problems);
            if let Some(place) = next.place()
                && before == Some(name)
            {
                let rule = format!("two stores are registered as `{name}`");
                let help = "remove one of the crates that register them";
                problems.push(ConfigProblem::new(place, rule, help));
            }
            before = Some(name);
            all.push(next);
        }
        all
    }

    /// The error of a table of an adapter that the program was built without.
    fn missing_adapter(&self, section: &Section) -> Option<ConfigProblem> {
        let mut missing = ADAPTER_STORES
            .iter()
            .filter(|name| !self.names().any(|registered| registered == **name));
        let name = missing.find(|name| section.about(name).is_some())?;
        Some(ConfigProblem::new(
            &section.origin,
            format!("`{name}` needs kit's feature `{name}`, which is off"),
            format!(
                "enable it in Cargo.toml, `kit = {{ features = [\"{name}\"] }}`, or remove this"
            ),
        ))
    }

    /// Creates the stores that are configured for the first time. They use the new
    /// settings before these [replace](Self::replace) the old ones, so that a target
    /// that gets such a store never decides by its local limiter meanwhile.
    pub(super) fn first_stores(
        &mut self,
        settings: &[Settings],
    ) -> Vec<(&'static str, Arc<dyn SharedStore>)> {
        let tables = self.0.iter_mut().zip(settings);
        tables
            .filter_map(|(table, next)| Some((table.factory.name(), table.first_store(next)?)))
            .collect()
    }

    /// Replaces the settings by those that were [read](Self::read).
    pub(super) fn replace(&mut self, settings: Vec<Settings>) {
        for (table, next) in self.0.iter_mut().zip(settings) {
            table.settings = next;
        }
        self.use_current_settings();
    }

    /// Makes all stores use the current settings, also those that were
    /// [created](Self::first_stores) for settings that were then rejected.
    pub(super) fn use_current_settings(&self) {
        for table in &self.0 {
            if let Some(store) = &table.store {
                store.set(table.settings.store());
            }
        }
    }

    /// The stores that were ever configured.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, Arc<dyn SharedStore>)> {
        self.0.iter().filter_map(|table| {
            let store = table.store.clone()?;
            Some((table.factory.name(), store as Arc<dyn SharedStore>))
        })
    }

    /// The knobs of the stores that are configured, or `needed` by a limit.
    pub(super) fn knobs(&self, needed: impl Fn(&str) -> bool) -> Vec<Knob> {
        let shown = self.0.iter().filter(|table| {
            let is_needed = || needed(table.factory.name());
            !table.settings.is_empty() || is_needed()
        });
        shown
            .flat_map(|table| table.settings.knobs(table.factory))
            .collect()
    }
}

impl Table {
    fn first_store(&mut self, settings: &Settings) -> Option<Arc<dyn SharedStore>> {
        if self.store.is_some() {
            return None;
        }
        let store = Arc::new(ConfiguredStore(RwLock::new(Some(settings.store()?))));
        self.store = Some(Arc::clone(&store));
        Some(store)
    }
}

/// A handle to the store that is configured now, which survives changes of the
/// settings. Without a store it is unavailable, and each process decides by its own
/// limiter.
struct ConfiguredStore(RwLock<Option<Arc<dyn SharedStore>>>);

impl ConfiguredStore {
    fn set(&self, store: Option<Arc<dyn SharedStore>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = store;
    }

    fn current(&self) -> Option<Arc<dyn SharedStore>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl SharedStore for ConfiguredStore {
    fn take<'a>(&'a self, request: &'a StoreRequest<'a>) -> Taking<'a> {
        let store = self.current();
        Box::pin(async move { store?.take(request).await })
    }

    fn is_away(&self) -> bool {
        self.current().is_none_or(|store| store.is_away())
    }
}

impl fmt::Debug for ConfiguredStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConfiguredStore")
            .field(&self.current())
            .finish()
    }
}
