//! The plain functions of a program, as the methods of one service.
//!
//! A function with policies belongs to no server or client that somebody makes
//! and configures: it is there as long as the program, which is linked with a
//! list of them. So whoever configures them configures all, once for the
//! process.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use kit_grammar::Side;
use kit_grammar::config::ConfigError;

use super::{Config, PolicyTarget};
use crate::model::descriptor::{MethodDescriptor, ServiceDescriptor};
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::pipeline::function::{FUNCTIONS, Function, RegisteredFunction};

/// By name: a linker has an order of its own.
static ALL: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let registered = inventory::iter::<RegisteredFunction>.into_iter();
    let mut all: Vec<_> = registered.map(|registered| registered.0).collect();
    all.sort_unstable_by_key(|function| function.meta().name);
    all
});

static METHODS: LazyLock<Vec<MethodDescriptor>> = LazyLock::new(|| {
    let all = ALL.iter();
    all.map(|function| MethodDescriptor::bare(function.meta()))
        .collect()
});

static SERVICE: LazyLock<ServiceDescriptor> =
    LazyLock::new(|| ServiceDescriptor::new(FUNCTIONS, "", &METHODS));

/// Whose configuration holds.
static HOLDER: Mutex<Option<Arc<Holder>>> = Mutex::new(None);

/// What keeps a configuration that the functions have.
struct Holder(Config);

impl PolicyTarget for Holder {
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy> {
        ALL[method].configure(&policies)
    }

    /// Does nothing: neither attributes nor a configuration can say of a
    /// function that its limit is shared.
    fn set_default_store(
        &self,
        _: &'static str,
        _: &Arc<dyn crate::policy::rate_limit::SharedStore>,
    ) {
    }
}

impl Config {
    /// Gives the program's plain functions that have policies their values, now
    /// and with every change to come: [how they are named](self#plain-functions).
    ///
    /// There is one of each function in a process, so the last configuration
    /// that was given to them is theirs, to the end of the process. One that
    /// was theirs before has no say in them from then on.
    ///
    /// ```
    /// use kit::{Config, Status};
    ///
    /// #[kit::timeout("2s")]
    /// #[kit::breaker(failures = 5, name = "prices::fetch")]
    /// async fn fetch(id: u64) -> Result<u64, Status> {
    ///     Ok(id)
    /// }
    ///
    /// let text = "[functions.\"prices::fetch\"]\nbreaker = { failures = 9 }\n";
    /// let config = Config::parse(text, "kit.toml")?;
    /// config.functions()?;
    /// let knobs = config.knobs();
    /// let failures = knobs.get("functions.prices::fetch.breaker.failures");
    /// assert_eq!(failures.and_then(|knob| knob.value.as_deref()), Some("9"));
    /// # Ok::<(), kit::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// Something that is said of a function is wrong, or of one that does not
    /// exist: then all of them are as their attributes say.
    pub fn functions(&self) -> Result<(), ConfigError> {
        configure(self)
    }
}

/// Gives the functions their values by a configuration, and takes them from
/// the one that they had.
fn configure(config: &Config) -> Result<(), ConfigError> {
    let mut holder = HOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    let is_theirs = |held: &Arc<Holder>| Arc::ptr_eq(&held.0.0, &config.0);
    if holder.as_ref().is_some_and(is_theirs) {
        return Ok(());
    }
    // What is declared is where the next one starts from.
    *holder = None;
    for function in ALL.iter() {
        function.reset();
    }
    let next = Arc::new(Holder(config.clone()));
    let gates: Arc<dyn PolicyTarget> = next.clone();
    config.configure(&SERVICE, Side::Client, Vec::new(), &gates)?;
    *holder = Some(next);
    Ok(())
}
