//! Values of policies from a file, the environment and the running program.
//!
//! An attribute says what the author knew when the code was written. What a
//! peer can take shows in production, at night, and waiting for a build then
//! is waiting too long. So what an attribute says can be given from outside, in
//! the same words, and changed while calls are under way: all but code. Which
//! function a fallback calls, and which argument tells callers apart, are the
//! attribute's; `retry`, `hedge`, `cache` and `fallback` need their attribute.
//!
//! # Who wins
//!
//! ```text
//! default < contract < compiled file < impl < file < environment < Config::set
//! ```
//!
//! Key by key: a file that gives a `burst` leaves the `rate` of the attribute.
//! Within one of them what is said of one method goes over what is said of
//! all, and what is said of one side over what is said of both.
//!
//! The compiled file is the one that `#[kit::service(config = "kit.toml")]`
//! names. It has the form of this page and the same meaning; what is wrong in
//! it stops the compiler, with its line. One file may be compiled in and loaded
//! at start, where what changed since goes over what was compiled. A policy
//! that it switches off is not compiled in: those that need the call itself
//! (`retry`, `hedge`, `cache`, `fallback`) can't be switched on at start.
//!
//! # A file
//!
//! ```toml
//! ["pb.Add"]                  # all methods; a name with a dot needs quotes
//! timeout = "2s"
//! retry = { attempts = 5 }    # those that are idempotent
//!
//! ["pb.Add".sum]              # one method
//! rate_limit = "100/s, burst = 20"
//! breaker = { failures = 5, open = "10s..60s" }
//! shed = "off"                # or false; "on" or true is with what else is said
//!
//! ["pb.Add".sum.client]       # in clients alone
//! timeout = "500ms"
//! ```
//!
//! Where no side is named, a value is for the sides on which the contract
//! declares the policy, or else for those on which the attribute would stand.
//!
//! Of no service, but of the limits that say `store = "redis"` and are given
//! no store in the code (with the feature `redis`; without it this is wrong). A
//! store of another crate has a table in the same way, by the name and with the
//! keys of its [`StoreFactory`](crate::policy::rate_limit::StoreFactory):
//!
//! ```toml
//! [redis]
//! url = "redis://user:password@127.0.0.1:6379"    # KIT__REDIS__URL
//! prefix = "shop"     # of its keys there, one for each deployment; default "kit"
//! timeout = "20ms"    # then a call is judged by this process; default "50ms"
//! ```
//!
//! Whatever is new holds from the next call on. Another address or prefix
//! starts all these limits anew, and an address that is taken back leaves each
//! process to judge by itself. A server that has such a limit and never was
//! told an address does not start, or refuses the values if it runs. A client
//! refuses each call of such a method until it is told one, as its code may
//! still give it a store.
//!
//! # The environment
//!
//! `KIT__PB_ADD__SUM__RATE_LIMIT="200/s"`, or one key alone:
//! `KIT__PB_ADD__SUM__RATE_LIMIT__BURST=20`; without a method for all of them,
//! and with `CLIENT` or `SERVER` before the policy for one side. Names are in
//! capitals, with one underscore between words and for whatever is not a
//! letter or a digit.
//!
//! # Plain functions
//!
//! A plain `async fn` with policies has no server or client that could be
//! configured: [`Config::functions`] configures all that there are. They are
//! the methods of a service `functions`, by their paths or by the names that
//! they were given, and have no sides:
//!
//! ```toml
//! [functions."shop::prices::fetch"]
//! breaker = { failures = 5 }
//! rate_limit = "100/s"        # also where it has no such attribute
//! ```
//!
//! The same is `KIT__FUNCTIONS__SHOP_PRICES_FETCH__RATE_LIMIT="100/s"`.
//!
//! # What is wrong
//!
//! Everything is said at once ([`ConfigError`]), with its place, the rule and
//! what exists. A wrong value stops the start; in a running program it changes
//! nothing: either all of a new file holds, or none of it.

mod apply;
mod binding;
mod describe;
mod env;
mod file;
mod functions;
mod key_values;
mod settle;
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

use self::file::{File, text_of, unreadable};
use self::state::{Sources, State};
use crate::model::descriptor::ServiceDescriptor;
use crate::model::policies::Overrides;

pub use self::describe::{Knob, Knobs};
pub(crate) use self::target::PolicyTarget;
#[doc(inline)]
pub use kit_grammar::config::{ConfigError, ConfigProblem, Origin};

/// Values of policies from outside of the code.
///
/// Clones share all they have. It knows of the servers and clients that were
/// configured with it, and does not keep them.
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
    // Locked before the state, where both are.
    file: Mutex<Option<File>>,
    state: Mutex<State>,
}

impl Config {
    /// Nothing is said: all is as the attributes say.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a file of TOML says; at most 1 MiB of it.
    ///
    /// # Errors
    /// The file can't be read, or is no TOML, or what it says of a store is
    /// wrong. What it says of a service is judged once that service is
    /// configured.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = text_of(path).map_err(unreadable)?;
        let config = Self::parse(&text, &path.display().to_string())?;
        *config.file() = Some(File {
            path: path.to_owned(),
            seen: Ok(text),
            error: None,
        });
        Ok(config)
    }

    /// What a text says, as a file of that name would; nobody looks for such
    /// a file.
    ///
    /// # Errors
    /// As for [`load`](Self::load), but for the file.
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigError> {
        let config = Self::new();
        let sections = parse(text, name)?;
        config.change(|sources| sources.file = sections)?;
        Ok(config)
    }

    /// The same with what this process' environment says.
    ///
    /// # Errors
    /// A variable has the prefix `KIT__` and names no policy, or its value is
    /// not UTF-8, or what it says of a store is wrong; or, where services are
    /// configured already, what it says of them.
    pub fn with_env(self) -> Result<Self, ConfigError> {
        self.with_variables(std::env::vars_os())
    }

    /// The same with what these variables say, in place of the environment.
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

    /// Sets a policy, `pb.Add.sum.rate_limit`, or one key of it,
    /// `pb.Add.sum.rate_limit.burst`, to what a file could say there. It goes
    /// over everything else, and holds at once.
    ///
    /// # Errors
    /// There is no such policy or key, or the value is wrong: then nothing
    /// changes. Before any service is configured, the key and the value are
    /// kept and judged when it is.
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
        self.state().knows(&section)?;
        self.change(|sources| {
            sources.set.retain(|old| old.name != section.name);
            sources.set.push(section);
        })
    }

    /// Takes back what was [`set`](Self::set) with this very key, and says
    /// whether there was such a thing.
    ///
    /// # Errors
    /// What remains makes no policy without it: then nothing changes.
    pub fn unset(&self, key: &str) -> Result<bool, ConfigError> {
        let name = Name::Key(key.to_owned());
        if !self.state().sources.set.iter().any(|set| set.name == name) {
            return Ok(false);
        }
        self.change(|sources| sources.set.retain(|old| old.name != name))?;
        Ok(true)
    }

    /// Says that every service is configured: whatever is said of another one,
    /// now or in a file to come, is wrong. Without it a file can be shared by
    /// programs of different services, and a service's name that is misspelled
    /// says nothing.
    ///
    /// # Errors
    /// Something is said of a service that was not configured.
    pub fn complete(&self) -> Result<(), ConfigError> {
        self.state().complete()
    }

    /// Everything that can be set in the services that were configured and
    /// still are, with what holds and who says so: of a server what a server
    /// has, of a client what a client has.
    pub fn knobs(&self) -> Knobs {
        let state = self.state();
        let services = state.targets().flat_map(target::Target::knobs);
        Knobs(state.own_knobs().into_iter().chain(services).collect())
    }

    /// Gives one side of a service its values, now and with every change to
    /// come; `overrides` are those of the impl, by method.
    pub(crate) fn configure(
        &self,
        service: &'static ServiceDescriptor,
        side: Side,
        overrides: Vec<Overrides>,
        gates: &Arc<dyn PolicyTarget>,
    ) -> Result<(), ConfigError> {
        self.state().configure(service, side, overrides, gates)
    }

    /// Changes what is said, if nothing is wrong with it.
    fn change(&self, change: impl FnOnce(&mut Sources)) -> Result<(), ConfigError> {
        let mut state = self.state();
        let mut sources = state.sources.clone();
        change(&mut sources);
        state.take(sources)
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
