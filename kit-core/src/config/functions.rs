//! Configures the plain functions of a program, as the methods of one service.
//!
//! A function with policies belongs to no server or client that could be
//! configured. It exists once per process, in a list collected at link time. So
//! a configuration applies to all functions of the process, or to none.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use kit_grammar::Side;
use kit_grammar::config::ConfigError;

use super::{Config, PolicyTarget};
use crate::model::descriptor::{MethodDescriptor, ServiceDescriptor};
use crate::model::policies::{InvalidPolicy, SidePolicies};
use crate::pipeline::function::{FUNCTIONS, Function, RegisteredFunction};
use crate::policy::rate_limit::SharedStore;

/// All functions, sorted by name, as the linker collects them in any order.
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

/// The configuration in effect.
static HOLDER: Mutex<Option<Arc<Holder>>> = Mutex::new(None);

/// Keeps the configuration of the functions alive.
struct Holder(Config);

impl PolicyTarget for Holder {
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy> {
        ALL[method].configure(&policies)
    }

    /// Does nothing, as the rate limit of a function can't be shared.
    fn set_default_store(&self, _: &'static str, _: &Arc<dyn SharedStore>) {}
}

impl Config {
    /// Configures the plain functions of the program that have policies, now and
    /// with every later change. See [how they are named](crate::config#plain-functions).
    ///
    /// A function exists once per process, so the configuration stays in effect
    /// until the process ends or another configuration replaces it. A replaced
    /// configuration no longer changes them.
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
    /// A value for a function is invalid, or there is no such function. Then all
    /// functions have the values of their attributes.
    pub fn functions(&self) -> Result<(), ConfigError> {
        configure(self)
    }
}

/// Configures the functions, and detaches them from their former configuration.
fn configure(config: &Config) -> Result<(), ConfigError> {
    let mut holder = HOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    let is_current = |holder: &Arc<Holder>| Arc::ptr_eq(&holder.0.0, &config.0);
    if holder.as_ref().is_some_and(is_current) {
        return Ok(());
    }
    // The next configuration starts from the declared values.
    *holder = None;
    for function in ALL.iter() {
        function.reset();
    }
    let next = Arc::new(Holder(config.clone()));
    let target: Arc<dyn PolicyTarget> = next.clone();
    config.configure(&SERVICE, Side::Client, Vec::new(), &target)?;
    *holder = Some(next);
    Ok(())
}
