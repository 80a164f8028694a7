//! Kinds of shared stores that a configuration can make by name.
//!
//! A contract says `store = "redis"`, and a file where that is, in its table
//! `[redis]`. What reads files knows no store, and a store reads no files: what
//! they share is a [`StoreFactory`], which the crate of the store registers as
//! the program is linked.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::store::SharedStore;
use crate::model::policies::rate_limit::is_store_name;
use crate::model::status::Status;

/// A kind of shared store, registered under the name that `store = ".."` and
/// the table of a configuration have.
///
/// The configuration reads the keys from the table, the environment and the
/// running program, and builds a store once all
/// [required](StoreKey::required) keys have values: at the start, and again
/// whenever a value changes. Where the code gives a store (`rate_limit_store`),
/// that one is used and this is not.
///
/// ```
/// # use std::sync::Arc;
/// # use kit::Status;
/// use kit::policy::rate_limit::{
///     SharedStore, StoreFactory, StoreKey, StoreRequest, StoreSettings, Taking,
/// };
///
/// #[derive(Debug)]
/// struct Memcached {
///     host: String,
/// }
///
/// impl SharedStore for Memcached {
///     fn take<'a>(&'a self, _request: &'a StoreRequest<'a>) -> Taking<'a> {
///         Box::pin(async { None })
///     }
///
///     fn is_away(&self) -> bool {
///         true
///     }
/// }
///
/// fn build(settings: &StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status> {
///     let host = settings.text("host").unwrap_or_default().to_owned();
///     Ok(Arc::new(Memcached { host }))
/// }
///
/// const HOST: StoreKey = StoreKey::text("host", "10.0.0.7:11211", "where it listens").required();
///
/// static MEMCACHED: StoreFactory = StoreFactory::new("memcached", &[HOST], build);
/// // In the crate of the store, whose users then write `store = "memcached"`:
/// // inventory::submit! { StoreFactory::new("memcached", &[HOST], build) }
/// assert_eq!(MEMCACHED.name(), "memcached");
/// ```
pub struct StoreFactory {
    name: &'static str,
    keys: &'static [StoreKey],
    build: BuildStore,
}

/// Makes a store of the values that hold. It may neither block nor wait for
/// the store: it runs while the configuration is locked, and before it is known
/// whether the rest of a change is right.
pub type BuildStore = fn(&StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status>;

impl StoreFactory {
    /// A store of this name, in snake_case, with the keys of its table.
    ///
    /// # Panics
    /// The name is not in snake_case, or is `local` or `functions`. In a
    /// constant, as `inventory::submit!` makes one, that does not compile.
    pub const fn new(name: &'static str, keys: &'static [StoreKey], build: BuildStore) -> Self {
        assert!(
            is_store_name(name) && !matches!(name.as_bytes(), b"functions"),
            "the name of a store is in snake_case, and neither `local` nor `functions`"
        );
        Self { name, keys, build }
    }

    /// The name of the store and of its table.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The keys of its table.
    pub const fn keys(&self) -> &'static [StoreKey] {
        self.keys
    }

    /// Makes a store.
    ///
    /// # Errors
    /// The values make no store together.
    pub fn build(&self, settings: &StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status> {
        (self.build)(settings)
    }
}

impl fmt::Debug for StoreFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreFactory")
            .field("name", &self.name)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

inventory::collect!(StoreFactory);

/// The factories that the program was linked with, by name.
#[cfg(any(feature = "config", feature = "transport"))]
pub(crate) fn registered() -> Vec<&'static StoreFactory> {
    let mut all: Vec<_> = inventory::iter::<StoreFactory>.into_iter().collect();
    all.sort_unstable_by_key(|factory| factory.name);
    all
}

/// How a configuration comes to have the store of this name.
#[cfg(any(feature = "config", feature = "transport"))]
pub(crate) fn store_help(name: &str) -> String {
    let all = registered();
    let quoted = |names: &mut dyn Iterator<Item = &'static str>| {
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    if let Some(factory) = all.iter().find(|factory| factory.name == name) {
        let required = factory.keys.iter().filter(|key| key.required);
        let with = match quoted(&mut required.map(|key| key.name)) {
            keys if keys.is_empty() => String::new(),
            keys => format!(" with its {keys}"),
        };
        return format!("add the table `[{name}]`{with} to the configuration");
    }
    let there_are = match quoted(&mut all.iter().map(|factory| factory.name)) {
        names if names.is_empty() => "none is".to_owned(),
        names => format!("there are {names}"),
    };
    format!(
        "no store is registered as `{name}` ({there_are}): correct the name, or depend on the crate \
         that registers it"
    )
}

/// A key of a store's table: `[redis]` has `url`, `prefix` and `timeout`.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "config"),
    allow(dead_code, reason = "read by configurations")
)]
pub struct StoreKey {
    pub(crate) name: &'static str,
    pub(crate) kind: StoreKeyKind,
    pub(crate) example: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) default: Option<&'static str>,
    pub(crate) required: bool,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "config"),
    allow(dead_code, reason = "read by configurations")
)]
pub(crate) enum StoreKeyKind {
    /// A text that is not empty.
    Text,
    /// A text that is judged, and shown, by a function.
    Judged(JudgeText),
    /// `"50ms"`
    Duration,
}

/// Judges a text and returns it as it may be shown.
pub type JudgeText = fn(&str) -> Result<String, Status>;

impl StoreKey {
    /// A key of a text that is not empty. The example is such a text; the docs
    /// say what it is for, in the list of knobs.
    pub const fn text(name: &'static str, example: &'static str, docs: &'static str) -> Self {
        Self {
            name,
            kind: StoreKeyKind::Text,
            example,
            docs,
            default: None,
            required: false,
        }
    }

    /// A key of a duration, written like `"50ms"`, which is never zero.
    pub const fn duration(name: &'static str, example: &'static str, docs: &'static str) -> Self {
        Self {
            kind: StoreKeyKind::Duration,
            ..Self::text(name, example, docs)
        }
    }

    /// The same, a text, with a function that judges values as soon as they are
    /// read and returns them as they may be shown: a URL without its password.
    /// The message of its error may not show what the text may not.
    #[must_use]
    pub const fn judged(mut self, judge: JudgeText) -> Self {
        self.kind = StoreKeyKind::Judged(judge);
        self
    }

    /// The same with a value for where none is given.
    #[must_use]
    pub const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// The same as a key without which there is no store.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// The value of a key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreValue {
    /// Of [`StoreKey::text`].
    Text(String),
    /// Of [`StoreKey::duration`].
    Duration(Duration),
}

/// Values by key, with those defaults that nothing replaces. A value may be a
/// password, so `Debug` shows the names alone.
///
/// ```
/// use kit::policy::rate_limit::{StoreSettings, StoreValue};
///
/// let values = [("host", StoreValue::Text("10.0.0.7".to_owned()))];
/// let settings = StoreSettings::new(&values);
/// assert_eq!(settings.text("host"), Some("10.0.0.7"));
/// assert_eq!(settings.duration("timeout"), None);
/// ```
#[derive(Clone, Copy)]
pub struct StoreSettings<'a> {
    values: Values<'a>,
    replaced: Option<(Values<'a>, &'a dyn SharedStore)>,
}

type Values<'a> = &'a [(&'static str, StoreValue)];

impl<'a> StoreSettings<'a> {
    /// These values, for a first store.
    pub const fn new(values: &'a [(&'static str, StoreValue)]) -> Self {
        Self {
            values,
            replaced: None,
        }
    }

    /// The same for a store in place of one that was made of other values.
    #[must_use]
    pub const fn replacing(
        mut self,
        values: &'a [(&'static str, StoreValue)],
        store: &'a dyn SharedStore,
    ) -> Self {
        self.replaced = Some((values, store));
        self
    }

    /// The value of a key of a text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        match value(self.values, key)? {
            StoreValue::Text(text) => Some(text),
            StoreValue::Duration(_) => None,
        }
    }

    /// The value of a key of a duration.
    pub fn duration(&self, key: &str) -> Option<Duration> {
        match value(self.values, key)? {
            StoreValue::Duration(duration) => Some(*duration),
            StoreValue::Text(_) => None,
        }
    }

    /// The store that this one will replace, if it is an `S` and these keys
    /// have the values that it was made of: its connection can be kept.
    pub fn replaced<S: SharedStore>(&self, unchanged: &[&str]) -> Option<&'a S> {
        let (before, store) = self.replaced?;
        let is_same = |key: &&str| value(before, key) == value(self.values, key);
        let store: &dyn Any = store;
        store
            .downcast_ref()
            .filter(|_| unchanged.iter().all(is_same))
    }
}

fn value<'a>(values: &'a [(&'static str, StoreValue)], key: &str) -> Option<&'a StoreValue> {
    let mut values = values.iter();
    values
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

impl fmt::Debug for StoreSettings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.values.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}
