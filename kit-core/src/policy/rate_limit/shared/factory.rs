//! Factories of shared stores, by which a configuration builds a store by name.
//!
//! A contract names a store, `store = "redis"`, and table `[redis]` of a
//! configuration has its address. The configuration knows no particular store, and
//! a store reads no files. They meet in a [`StoreFactory`], which the crate of the
//! store registers at link time.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::store::SharedStore;
use crate::model::policies::rate_limit::is_store_name;
use crate::model::status::Status;

/// Builds the shared stores of one kind. It is registered under the name that
/// `store = ".."` and the table of a configuration use.
///
/// The configuration reads the keys from the table, the environment and the
/// running program, and builds a store once all
/// [required](StoreKey::required) keys have values: at the start, and again
/// whenever a value changes. A store that the program sets (`rate_limit_store`)
/// takes precedence.
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
/// const HOST: StoreKey = StoreKey::text("host", "10.0.0.7:11211", "the address").required();
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

/// Builds a store from its settings. It must neither block nor connect: it runs
/// while the configuration is locked, and the change that it is part of may still
/// be rejected.
pub type BuildStore = fn(&StoreSettings<'_>) -> Result<Arc<dyn SharedStore>, Status>;

impl StoreFactory {
    /// Creates a factory of stores with this name, in snake_case, and with these
    /// keys in their table.
    ///
    /// # Panics
    /// The name is not in snake_case, or is `local` or `functions`. In a constant,
    /// as in `inventory::submit!`, that is a compile error.
    pub const fn new(name: &'static str, keys: &'static [StoreKey], build: BuildStore) -> Self {
        assert!(
            is_store_name(name) && !matches!(name.as_bytes(), b"functions"),
            "the name of a store must be in snake_case, and neither `local` nor `functions`"
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

    /// Builds a store.
    ///
    /// # Errors
    /// The values are invalid together.
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

/// The factories that are linked into the program, sorted by name.
#[cfg(any(feature = "config", feature = "transport"))]
pub(crate) fn registered() -> Vec<&'static StoreFactory> {
    let mut all: Vec<&'static StoreFactory> = Vec::new();
    for factory in inventory::iter::<StoreFactory> {
        // They are few: a sort would add more code than it saves time.
        let at = all.partition_point(|other| other.name <= factory.name);
        all.insert(at, factory);
    }
    all
}

/// The help of an error about a missing store: how a configuration sets it up.
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
    let available = match quoted(&mut all.iter().map(|factory| factory.name)) {
        names if names.is_empty() => "none".to_owned(),
        names => names,
    };
    format!(
        "no store is registered as `{name}` (registered: {available}): correct the name, or depend \
         on the crate that registers it"
    )
}

/// A key of a store's table, such as `url` in `[redis]`. Optional and without a
/// default, unless [`required`](Self::required) or [`default`](Self::default) is
/// called.
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

/// The type of a key's value.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "config"),
    allow(dead_code, reason = "read by configurations")
)]
pub(crate) enum StoreKeyKind {
    /// A text that is not empty.
    Text,
    /// A text that a function checks and formats for display.
    Judged(JudgeText),
    /// A duration, such as `"50ms"`.
    Duration,
}

/// Checks a text, and returns it as it may be printed.
pub type JudgeText = fn(&str) -> Result<String, Status>;

impl StoreKey {
    /// Creates a key whose value is a text that is not empty. Errors print the
    /// example; the list of knobs prints the docs.
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

    /// Creates a key whose value is a duration, written like `"50ms"` and never
    /// zero.
    pub const fn duration(name: &'static str, example: &'static str, docs: &'static str) -> Self {
        Self {
            kind: StoreKeyKind::Duration,
            ..Self::text(name, example, docs)
        }
    }

    /// Makes the value a text that a function checks as soon as it is read. The
    /// function returns the text as it may be printed, such as a URL without its
    /// password, and the message of its error must not contain secrets either.
    #[must_use]
    pub const fn judged(mut self, judge: JudgeText) -> Self {
        self.kind = StoreKeyKind::Judged(judge);
        self
    }

    /// Sets the default value, written as in a file.
    #[must_use]
    pub const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// Makes the key required: without a value for it no store is built.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The name of the key.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// The value of a key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreValue {
    /// The value of a [`StoreKey::text`].
    Text(String),
    /// The value of a [`StoreKey::duration`].
    Duration(Duration),
}

/// The values of a store's keys, defaults included. A value may contain a password,
/// so `Debug` prints only the names of the keys.
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
    /// Creates the settings of a store that replaces none.
    pub const fn new(values: &'a [(&'static str, StoreValue)]) -> Self {
        Self {
            values,
            replaced: None,
        }
    }

    /// Adds the store that is replaced, and the values from which it was built.
    #[must_use]
    pub const fn replacing(
        mut self,
        values: &'a [(&'static str, StoreValue)],
        store: &'a dyn SharedStore,
    ) -> Self {
        self.replaced = Some((values, store));
        self
    }

    /// The value of a text key; `None` if it is not set.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        match value(self.values, key)? {
            StoreValue::Text(text) => Some(text),
            StoreValue::Duration(_) => None,
        }
    }

    /// The value of a duration key; `None` if it is not set.
    pub fn duration(&self, key: &str) -> Option<Duration> {
        match value(self.values, key)? {
            StoreValue::Duration(duration) => Some(*duration),
            StoreValue::Text(_) => None,
        }
    }

    /// The store that is replaced, if it is an `S` and was built from the same
    /// values of these keys, so that its connection can be kept.
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
