//! Where the Redis is in which shared rate limits are counted.
//!
//! The limits of many methods share one connection, so its address belongs to
//! no service: it is the table `[redis]` of a file, `KIT__REDIS__URL` in the
//! environment, and `redis.url` for `Config::set`. Unlike what is said of a
//! service it is judged as soon as it is said. It may hold a password, which
//! nothing here prints.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use kit_grammar::config::{ConfigProblem, Content, Entry, Name, Origin, Section};

use super::describe::Knob;
use super::state::REDIS;
use crate::policy::rate_limit::{SharedStore, StoreRequest, Taking};
use crate::redis::RedisStore;

const KEY: &str = "url";
const EXAMPLE: &str = "write it like `url = \"redis://127.0.0.1:6379\"`";

/// What holds.
#[derive(Default)]
pub(super) struct Redis {
    given: Option<Given>,
    /// There from the first address on.
    store: Option<Arc<ConfiguredStore>>,
}

/// An address that was given.
#[derive(Clone)]
pub(super) struct Given {
    url: String,
    origin: Origin,
    store: Arc<RedisStore>,
}

impl Redis {
    /// The address that would hold with these sections, the weaker first. One
    /// that holds already keeps its connection.
    pub(super) fn judge<'a>(
        &self,
        sections: impl Iterator<Item = &'a Section>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Option<Given> {
        let mut given = None;
        for section in sections {
            let key = match section.name {
                Name::UpperSnake(_) => "URL",
                Name::Exact(_) | Name::Key(_) => KEY,
            };
            for entry in section.about(REDIS).into_iter().flatten() {
                match self.read(&entry, key) {
                    Ok(read) => given = Some(read),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        given
    }

    fn read(&self, entry: &Entry, key: &str) -> Result<Given, ConfigProblem> {
        if entry.name != key {
            let rule = format!("`{REDIS}` has no key `{}`", entry.name);
            return Err(ConfigProblem::new(&entry.origin, rule, EXAMPLE));
        }
        let origin = entry.node.origin.clone();
        let Content::Text(url) = &entry.node.content else {
            let rule = format!("`{REDIS}.{KEY}` is a text");
            return Err(ConfigProblem::new(&origin, rule, EXAMPLE));
        };
        let same = self.given.as_ref().filter(|given| given.url == *url);
        let store = match same {
            Some(given) => Arc::clone(&given.store),
            None => Arc::new(RedisStore::connect(url).map_err(|status| {
                let rule = format!("`{REDIS}.{KEY}`: {}", status.message());
                ConfigProblem::new(&origin, rule, "")
            })?),
        };
        Ok(Given {
            url: url.clone(),
            origin,
            store,
        })
    }

    /// The store to offer where this is the first address. It counts there from
    /// now on: those who get it must not judge by themselves until the address
    /// is [taken](Self::take).
    pub(super) fn first_store(&mut self, given: Option<&Given>) -> Option<Arc<dyn SharedStore>> {
        if self.store.is_some() {
            return None;
        }
        let address = Arc::clone(&given?.store);
        let store = Arc::new(ConfiguredStore(RwLock::new(Some(address))));
        self.store = Some(Arc::clone(&store));
        Some(store)
    }

    /// Takes an address, or none.
    pub(super) fn take(&mut self, given: Option<Given>) {
        self.given = given;
        self.stay();
    }

    /// Counts where it was before, whatever was [offered](Self::first_store).
    pub(super) fn stay(&self) {
        if let Some(store) = &self.store {
            let given = self.given.as_ref();
            store.set(given.map(|given| Arc::clone(&given.store)));
        }
    }

    /// Where shared limits are counted, if that was ever said.
    pub(super) fn store(&self) -> Option<Arc<dyn SharedStore>> {
        let store = self.store.clone()?;
        Some(store)
    }

    /// The address as a knob, where it is given or `needed`.
    pub(super) fn knob(&self, needed: bool) -> Option<Knob> {
        let given = self.given.as_ref();
        (needed || given.is_some()).then(|| Knob {
            name: format!("{REDIS}.{KEY}"),
            default: None,
            value: given.map(|given| given.store.url_without_password()),
            origin: given.map_or(Origin::Default, |given| given.origin.clone()),
            docs: "where the Redis is in which shared rate limits are counted",
        })
    }
}

/// The store at the address that holds. Without one each process judges by
/// itself, as where Redis is away.
struct ConfiguredStore(RwLock<Option<Arc<RedisStore>>>);

impl ConfiguredStore {
    fn set(&self, store: Option<Arc<RedisStore>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = store;
    }

    fn now(&self) -> Option<Arc<RedisStore>> {
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
        let store = self.now();
        let address = store.as_ref().map(|store| store.address());
        f.debug_tuple("ConfiguredStore").field(&address).finish()
    }
}
