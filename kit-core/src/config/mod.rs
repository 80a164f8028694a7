//! Configuration of policies from a file, the environment and the running program.
//!
//! An attribute has the values that its author knew when the code was written.
//! What a peer can take shows in production, where waiting for a build takes too
//! long. So every value of an attribute can be set from outside, in the same
//! syntax, and changed while calls are in flight. Code can't: the function of a
//! fallback and the argument of a rate limit key belong to the attribute, and
//! `retry`, `hedge`, `cache` and `fallback` need their attribute.
//!
//! # Precedence
//!
//! ```text
//! default < contract < compiled file < impl < file < environment < Config::set
//! ```
//!
//! Later sources override earlier ones, key by key: a file that sets `burst` keeps
//! the `rate` of the attribute. Within one source, a value for one method overrides
//! a value for all methods, and a value for one side overrides a value for both.
//!
//! The compiled file is the one that `#[kit::service(config = "kit.toml")]` names.
//! It has the format described here; an error in it is a compile error, with its
//! line. The same file may be compiled in and loaded at start, where changes since
//! the build override what was compiled in. A policy that the compiled file switches
//! off is not compiled in, so those that need the request itself (`retry`, `hedge`,
//! `cache`, `fallback`) can't be switched on at start.
//!
//! # A file
//!
//! ```toml
//! ["pb.Add"]                  # all methods; a name with a dot needs quotes
//! timeout = "2s"
//! retry = { attempts = 5 }    # only methods that are idempotent
//!
//! ["pb.Add".sum]              # one method
//! rate_limit = "100/s, burst = 20"
//! breaker = { failures = 5, open = "10s..60s" }
//! shed = "off"                # or false; "on" or true keeps the other values
//!
//! ["pb.Add".sum.client]       # only in clients
//! timeout = "500ms"
//! ```
//!
//! A value without a side applies to the sides on which the contract declares the
//! policy, or else to those on which its attribute would apply.
//!
//! One table belongs to no service, but to the rate limits with `store = "redis"`
//! for which the program sets no store (with the feature `redis`; an error without
//! it). A store of another crate has a table in the same way, with the name and
//! the keys of its [`StoreFactory`](crate::policy::rate_limit::StoreFactory):
//!
//! ```toml
//! [redis]
//! url = "redis://user:password@127.0.0.1:6379"    # KIT__REDIS__URL
//! prefix = "shop"     # of its keys in Redis, one per deployment; default "kit"
//! timeout = "20ms"    # then this process counts the call itself; default "50ms"
//! ```
//!
//! Changes apply from the next call on. A new address or prefix resets all these
//! limits; without an address, each process counts by itself. A server with such a
//! limit that never had an address does not start, or rejects the values if it is
//! running. A client refuses each call of such a method until there is an address,
//! as its code may still set a store.
//!
//! # The environment
//!
//! `KIT__PB_ADD__SUM__RATE_LIMIT="200/s"` sets a policy, and
//! `KIT__PB_ADD__SUM__RATE_LIMIT__BURST=20` one of its keys. Without a method the
//! variable is for all methods; with `CLIENT` or `SERVER` before the policy it is for
//! one side. Names are in upper case, with one underscore between words and in place
//! of every character that is not a letter or a digit.
//!
//! # Plain functions
//!
//! A plain `async fn` with policies has no server or client that could be configured:
//! [`Config::functions`] configures all of them. They are the methods of a service
//! `functions`, named by their paths or by the names in their attributes, and have no
//! sides:
//!
//! ```toml
//! [functions."shop::prices::fetch"]
//! breaker = { failures = 5 }
//! rate_limit = "100/s"        # also without such an attribute
//! ```
//!
//! The same is `KIT__FUNCTIONS__SHOP_PRICES_FETCH__RATE_LIMIT="100/s"`.
//!
//! # Errors
//!
//! A [`ConfigError`] reports all problems at once, each with its place, the rule and
//! the valid names. Invalid values stop the start. In a running program they change
//! nothing: a new file is applied as a whole or not at all.

mod apply;
mod binding;
mod describe;
mod env;
mod file;
mod functions;
mod key_values;
mod resolve;
mod state;
mod stores;
mod target;
mod watch;

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit_grammar::Side;
use kit_grammar::config::{Content, Name, Node, Section, branch, parse};

use self::file::{File, read_text, unreadable};
use self::state::{Sources, State};
use self::target::Target;
use crate::model::descriptor::ServiceDescriptor;
use crate::model::policies::Overrides;

pub use self::describe::{Knob, Knobs};
pub(crate) use self::target::PolicyTarget;
#[doc(inline)]
pub use kit_grammar::config::{ConfigError, ConfigProblem, Origin};

/// A configuration of policies: sources of values, and the servers and clients that
/// they apply to.
///
/// Clones share all state. A configuration does not keep its servers and clients
/// alive.
///
/// ```
/// use kit::Config;
///
/// let config = Config::parse("[\"pb.Add\".sum]\ntimeout = \"2s\"\n", "kit.toml")?;
/// config.set("pb.Add.sum.timeout", "500ms")?;
/// # Ok::<(), kit::config::ConfigError>(())
/// ```
#[derive(Clone, Default)]
pub struct Config(Arc<Shared>);

#[derive(Default)]
struct Shared {
    // Lock order: the file before the state.
    file: Mutex<Option<File>>,
    state: Mutex<State>,
}

impl Config {
    /// Creates an empty configuration: all policies are as their attributes declare.
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads a TOML file of at most 1 MiB.
    ///
    /// # Errors
    /// The file can't be read, is not TOML, or has an invalid table of a store. The
    /// sections of a service are checked when that service is configured.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = read_text(path).map_err(unreadable)?;
        let config = Self::parse(&text, &path.display().to_string())?;
        *config.file() = Some(File {
            path: path.to_owned(),
            text: Ok(text),
            error: None,
        });
        Ok(config)
    }

    /// Parses TOML text. `name` is the name of the file in errors and origins; no file
    /// is read.
    ///
    /// # Errors
    /// As for [`load`](Self::load), except those of reading a file.
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigError> {
        let config = Self::new();
        let sections = parse(text, name)?;
        config.change(|sources| sources.file = sections)?;
        Ok(config)
    }

    /// Adds the environment of this process.
    ///
    /// # Errors
    /// A variable with the prefix `KIT__` does not name a policy, is not UTF-8, or has
    /// an invalid value for a store or for a service that is already configured.
    pub fn with_env(self) -> Result<Self, ConfigError> {
        self.with_variables(std::env::vars_os())
    }

    /// Adds these variables, in place of the environment.
    ///
    /// # Errors
    /// As for [`with_env`](Self::with_env).
    ///
    /// ```
    /// use kit::Config;
    ///
    /// let variables = [("KIT__PB_ADD__SUM__TIMEOUT", "2s"), ("HOME", "/root")];
    /// let config = Config::new().with_variables(variables)?;
    /// # Ok::<(), kit::config::ConfigError>(())
    /// ```
    pub fn with_variables<N, V>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ConfigError>
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter();
        let environment = env::parse(variables.map(|(name, value)| (name.into(), value.into())))?;
        self.change(|sources| sources.environment = environment)?;
        Ok(self)
    }

    /// Sets a policy, such as `pb.Add.sum.rate_limit`, or one key of it, such as
    /// `pb.Add.sum.rate_limit.burst`. The value has the same syntax as in a file,
    /// overrides all other sources and applies at once.
    ///
    /// # Errors
    /// There is no such policy or key, or the value is invalid. Then nothing changes.
    /// Before any service is configured, the value is stored and checked when one is.
    pub fn set(&self, key: &str, value: &str) -> Result<(), ConfigError> {
        let origin = Origin::Set(Arc::from(key));
        let leaf = Node {
            origin: origin.clone(),
            content: Content::Text(value.to_owned()),
        };
        let section = Section {
            name: Name::Key(key.to_owned()),
            origin,
            entries: vec![branch(&[key], &leaf)],
        };
        self.state().check_known(&section)?;
        self.change(|sources| {
            sources.set.retain(|old| old.name != section.name);
            sources.set.push(section);
        })
    }

    /// Removes the value that was [`set`](Self::set) with exactly this key, and returns
    /// whether there was one.
    ///
    /// # Errors
    /// The remaining values are invalid without it. Then nothing changes.
    pub fn unset(&self, key: &str) -> Result<bool, ConfigError> {
        let name = Name::Key(key.to_owned());
        if !self.state().sources.set.iter().any(|set| set.name == name) {
            return Ok(false);
        }
        self.change(|sources| sources.set.retain(|old| old.name != name))?;
        Ok(true)
    }

    /// Declares that all services are configured: a section of any other service is an
    /// error from now on, also in a file that is reloaded later. Without this call,
    /// programs with different services can share a file, and a misspelled name of a
    /// service has no effect.
    ///
    /// # Errors
    /// There is a section of a service that was not configured.
    pub fn complete(&self) -> Result<(), ConfigError> {
        self.state().complete()
    }

    /// Lists every key that can be set for the live servers and clients of this
    /// configuration, with its value and origin.
    pub fn knobs(&self) -> Knobs {
        let state = self.state();
        let services = state.targets().flat_map(Target::knobs);
        Knobs(state.store_knobs().into_iter().chain(services).collect())
    }

    /// Configures one side of a service, now and with every later change;
    /// `overrides` are the policies that the impl declares, by method.
    pub(crate) fn configure(
        &self,
        service: &'static ServiceDescriptor,
        side: Side,
        overrides: Vec<Overrides>,
        target: &Arc<dyn PolicyTarget>,
    ) -> Result<(), ConfigError> {
        self.state().configure(service, side, overrides, target)
    }

    /// Changes the sources, if the result is valid.
    fn change(&self, change: impl FnOnce(&mut Sources)) -> Result<(), ConfigError> {
        let mut state = self.state();
        let mut sources = state.sources.clone();
        change(&mut sources);
        state.replace(sources)
    }

    fn file(&self) -> MutexGuard<'_, Option<File>> {
        self.0.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.file().as_ref().map(|file| file.path.clone());
        f.debug_struct("Config")
            .field("file", &path)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests;
