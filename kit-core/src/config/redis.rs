//! Where the Redis is in which shared rate limits are counted.
//!
//! The limits of many methods share one connection, so its address belongs to
//! no service: it is the table `[redis]` of a file, `KIT__REDIS__URL` in the
//! environment, and `redis.url` for `Config::set`; so with the prefix of the
//! keys there and the time that calls wait. Unlike what is said of a service
//! it is judged as soon as it is said. An address may hold a password, which
//! nothing here prints.

use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::time::Duration;

use kit_grammar::config::{ConfigProblem, Content, Entry, Name, Origin, Section};
use kit_grammar::{did_you_mean, duration};

use super::describe::Knob;
use super::state::REDIS;
use crate::policy::rate_limit::{SharedStore, StoreRequest, Taking};
use crate::redis::RedisStore;

/// Something that can be said of it.
#[derive(Clone, Copy)]
struct Key {
    name: &'static str,
    example: &'static str,
    docs: &'static str,
}

const URL: Key = Key {
    name: "url",
    example: "write it like `url = \"redis://127.0.0.1:6379\"`",
    docs: "where the Redis is in which shared rate limits are counted",
};
const PREFIX: Key = Key {
    name: "prefix",
    example: "write it like `prefix = \"shop\"`",
    docs: "how the keys in it begin: another for each deployment that shares it",
};
const TIMEOUT: Key = Key {
    name: "timeout",
    example: "write it like `timeout = \"50ms\"`",
    docs: "how long a call waits for it before this process judges by itself",
};

/// As a file would say it.
static TIMEOUT_DEFAULT: LazyLock<String> =
    LazyLock::new(|| duration::format(RedisStore::TIMEOUT_DEFAULT));

/// What holds.
#[derive(Default)]
pub(super) struct Redis {
    given: Given,
    /// There from the first address on.
    store: Option<Arc<ConfiguredStore>>,
}

/// What was given.
#[derive(Clone, Default)]
pub(super) struct Given {
    url: Option<Said<Address>>,
    prefix: Option<Said<Arc<str>>>,
    timeout: Option<Said<Duration>>,
    /// There where an address is.
    store: Option<Arc<RedisStore>>,
}

/// A value, and who says so.
#[derive(Clone)]
struct Said<T> {
    value: T,
    origin: Origin,
}

/// A URL as it was written, with a store there that nobody calls.
#[derive(Clone)]
struct Address {
    text: String,
    store: RedisStore,
}

impl Redis {
    /// What would hold with these sections, the weaker first. Keys that are
    /// counted already, in the same place, keep their connection.
    pub(super) fn judge<'a>(
        &self,
        sections: impl Iterator<Item = &'a Section>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Given {
        let mut given = Given::default();
        for section in sections {
            for entry in section.about(REDIS).into_iter().flatten() {
                let is_capital = matches!(section.name, Name::UpperSnake(_));
                if let Err(problem) = given.read(&entry, is_capital) {
                    problems.push(problem);
                }
            }
        }
        given.connect(&self.given);
        given
    }

    /// The store to offer where this is the first address. It counts there from
    /// now on: those who get it must not judge by themselves until the address
    /// is [taken](Self::take).
    pub(super) fn first_store(&mut self, given: &Given) -> Option<Arc<dyn SharedStore>> {
        if self.store.is_some() {
            return None;
        }
        let address = Arc::clone(given.store.as_ref()?);
        let store = Arc::new(ConfiguredStore(RwLock::new(Some(address))));
        self.store = Some(Arc::clone(&store));
        Some(store)
    }

    /// Takes an address, or none.
    pub(super) fn take(&mut self, given: Given) {
        self.given = given;
        self.stay();
    }

    /// Counts where it was before, whatever was [offered](Self::first_store).
    pub(super) fn stay(&self) {
        if let Some(store) = &self.store {
            store.set(self.given.store.clone());
        }
    }

    /// Where shared limits are counted, if that was ever said.
    pub(super) fn store(&self) -> Option<Arc<dyn SharedStore>> {
        let store = self.store.clone()?;
        Some(store)
    }

    /// What can be said as knobs, where any of it is said or `needed`.
    pub(super) fn knobs(&self, needed: bool) -> Vec<Knob> {
        let Given {
            url,
            prefix,
            timeout,
            ..
        } = &self.given;
        if !needed && url.is_none() && prefix.is_none() && timeout.is_none() {
            return Vec::new();
        }
        let shown = |address: &Address| address.store.url_without_password();
        vec![
            knob(URL, None, url, shown),
            knob(PREFIX, Some(RedisStore::PREFIX_DEFAULT), prefix, |prefix| {
                prefix.to_string()
            }),
            knob(TIMEOUT, Some(&TIMEOUT_DEFAULT), timeout, |timeout| {
                duration::format(*timeout)
            }),
        ]
    }
}

fn knob<T>(
    key: Key,
    default: Option<&'static str>,
    said: &Option<Said<T>>,
    shown: impl FnOnce(&T) -> String,
) -> Knob {
    let value = said.as_ref().map(|said| shown(&said.value));
    let origin = said.as_ref().map(|said| said.origin.clone());
    Knob {
        name: format!("{REDIS}.{}", key.name),
        default,
        value: value.or(default.map(str::to_owned)),
        origin: origin.unwrap_or(Origin::Default),
        docs: key.docs,
    }
}

impl Given {
    fn read(&mut self, entry: &Entry, is_capital: bool) -> Result<(), ConfigProblem> {
        let spelled = |key: &Key| match is_capital {
            true => key.name.to_ascii_uppercase(),
            false => key.name.to_owned(),
        };
        let keys = [URL, PREFIX, TIMEOUT];
        let Some(key) = keys.iter().find(|key| spelled(key) == entry.name) else {
            let rule = format!("`{REDIS}` has no key `{}`", entry.name);
            let names = keys.each_ref().map(spelled);
            let help = did_you_mean(&entry.name, &names.each_ref().map(String::as_str));
            return Err(ConfigProblem::new(&entry.origin, rule, help));
        };
        let origin = entry.node.origin.clone();
        let wrong = |rule: &str, help: &str| {
            let rule = format!("`{REDIS}.{}`{rule}", key.name);
            ConfigProblem::new(&origin, rule, help)
        };
        let Content::Text(text) = &entry.node.content else {
            return Err(wrong(" is a text", key.example));
        };
        match key.name {
            "url" => {
                let store = RedisStore::connect(text)
                    .map_err(|status| wrong(&format!(": {}", status.message()), ""))?;
                let text = text.clone();
                let value = Address { text, store };
                self.url = Some(Said { value, origin });
            }
            "prefix" if text.is_empty() => return Err(wrong(" is empty", key.example)),
            "prefix" => {
                let value = Arc::from(text.as_str());
                self.prefix = Some(Said { value, origin });
            }
            _ => {
                let value = duration::parse(text)
                    .map_err(|problem| wrong(&format!(": {problem}"), key.example))?;
                self.timeout = Some(Said { value, origin });
            }
        }
        Ok(())
    }

    /// Makes the store of what was read, with the connection of `before` where
    /// that has the same keys in the same place.
    fn connect(&mut self, before: &Self) {
        let Some(url) = &self.url else {
            return;
        };
        let store = match &before.store {
            Some(store) if before.place() == self.place() => RedisStore::clone(store),
            _ => url.value.store.clone().prefix(self.prefix()),
        };
        let timeout = self.timeout.as_ref().map(|said| said.value);
        let store = store.timeout(timeout.unwrap_or(RedisStore::TIMEOUT_DEFAULT));
        self.store = Some(Arc::new(store));
    }

    fn place(&self) -> (Option<&str>, &str) {
        let url = self.url.as_ref().map(|said| said.value.text.as_str());
        (url, self.prefix())
    }

    fn prefix(&self) -> &str {
        match &self.prefix {
            Some(said) => &said.value,
            None => RedisStore::PREFIX_DEFAULT,
        }
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

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use kit_grammar::config::parse;

    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    /// What calls are counted by once a file says this.
    fn reload(redis: &mut Redis, text: &str) -> Option<RedisStore> {
        let sections = parse(&format!("[redis]\n{text}"), "kit.toml").expect(text);
        let mut problems = Vec::new();
        let given = redis.judge(sections.iter(), &mut problems);
        assert_eq!(problems, [], "{text}");
        redis.first_store(&given);
        redis.take(given);
        let counting = redis.store.as_ref().expect("an address was said").now();
        counting.as_deref().cloned()
    }

    #[test]
    fn a_connection_is_kept_while_it_leads_to_the_same_keys() {
        let mut redis = Redis::default();
        let mut reload = |text: &str| reload(&mut redis, text);
        let here = "url = \"redis://127.0.0.1:1\"\n";
        let first = reload(here).expect("a store");
        assert_eq!(first.settings(), ("kit", MS(50)));

        let hasty = reload(&format!("{here}timeout = \"20ms\"")).expect("a store");
        assert_eq!(hasty.settings(), ("kit", MS(20)));
        assert!(hasty.shares_connection(&first));
        let same = reload(&format!("{here}prefix = \"kit\"")).expect("a store");
        assert_eq!(same.settings(), ("kit", MS(50)));
        assert!(same.shares_connection(&first));

        let shop = "prefix = \"shop\"\ntimeout = \"1s\"\n";
        let other_keys = reload(&format!("{here}{shop}")).expect("a store");
        assert_eq!(other_keys.settings(), ("shop", MS(1_000)));
        assert!(!other_keys.shares_connection(&first));
        let there = "url = \"redis://127.0.0.1:2\"\n";
        let elsewhere = reload(&format!("{there}{shop}")).expect("a store");
        assert_eq!(elsewhere.settings(), ("shop", MS(1_000)));
        assert!(!elsewhere.shares_connection(&other_keys));
        assert_eq!(elsewhere.address(), "127.0.0.1:2");

        assert!(reload(shop).is_none(), "there is no address");
        let back = reload(here).expect("a store");
        assert_eq!(back.settings(), ("kit", MS(50)));
    }
}
